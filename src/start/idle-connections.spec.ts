import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeIdleConnections } from './idle-connections.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

it('a request that has arrived, but was not read yet, is answered before its connection is closed', async () => {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [idle, used] = await Promise.all([aConnection(port), aConnection(port)]);
  const closed = endOf(idle);
  await sleep(1); // from here on, this code runs in a timer
  const answer = answerOf(used);
  closeIdleConnections(server);
  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/);
  await closed;
  used.destroy();
  server.close();
});

/** Returns a connection that has had one answer. */
async function aConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume();
  await answerOf(socket);
  return socket;
}

/** Sends a request at once. Returns the first part of its answer, or undefined if the connection is closed. */
function answerOf(socket: Socket): Promise<string | undefined> {
  socket.write(REQUEST);
  const answered = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
  return Promise.race([answered, endOf(socket)]);
}

function endOf(socket: Socket): Promise<undefined> {
  return new Promise((resolve) => socket.once('close', () => resolve(undefined)));
}
