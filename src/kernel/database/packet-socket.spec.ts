import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { PacketSocket } from './packet-socket.js';

/** Counts the system calls for a single buffer. */
class CountingSocket extends PacketSocket {
  writes = 0;

  override _write(...args: Parameters<PacketSocket['_write']>): void {
    this.writes++;
    super._write(...args);
  }
}

let server: Server;
let received: Promise<Buffer>;
let socket: CountingSocket;

beforeEach(async () => {
  server = createServer();
  received = once(server, 'connection').then(([peer]) => buffer(peer as NodeJS.ReadableStream));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  socket = new CountingSocket();
  await once(socket.connect((server.address() as AddressInfo).port, '127.0.0.1'), 'connect');
});

afterEach(() => server.close());

function send(parts: readonly (Buffer | string)[]): void {
  socket.cork();
  for (const part of parts) socket.write(part);
  socket.uncork();
  socket.end();
}

it('sends corked messages as one buffer', async () => {
  send(['Bind', 'Describe', 'Execute', 'Sync'].map((text) => Buffer.from(text)));
  expect(String(await received)).toBe('BindDescribeExecuteSync');
  expect(socket.writes).toBe(1);
});

it('does not copy long messages', async () => {
  const long = Buffer.alloc(1_000_000, 'a');
  send([Buffer.from('Bind'), long, Buffer.from('Sync')]);
  expect(await received).toEqual(Buffer.concat([Buffer.from('Bind'), long, Buffer.from('Sync')]));
  expect(socket.writes).toBe(0);
});

it('sends what was written before the connection was open', async () => {
  const early = new CountingSocket();
  const arrived = once(server, 'connection').then(([peer]) => buffer(peer as NodeJS.ReadableStream));
  early.connect((server.address() as AddressInfo).port, '127.0.0.1');
  early.cork();
  early.write(Buffer.from('first'));
  early.write(Buffer.from('second'));
  early.uncork();
  early.end();
  expect(String(await arrived)).toBe('firstsecond');
  socket.end();
});
