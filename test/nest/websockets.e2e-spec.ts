import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { eventually } from '../support/factories.js';
import { nestWith } from './client.js';

interface Message {
  event: string;
  data: unknown;
}

const happened = (seen: readonly unknown[], what: unknown) =>
  eventually(() => Promise.resolve(seen.includes(what) ? true : undefined));

describe('a gateway with ws', () => {
  const nest = nestWith<string[]>('websockets/ws');
  let socket: WebSocket;
  const heard: Message[] = [];

  beforeAll(async () => {
    socket = new WebSocket(`${nest.url.replace('http', 'ws')}/socket`);
    socket.on('message', (text: Buffer) => heard.push(JSON.parse(text.toString()) as Message));
    await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject));
  });
  afterAll(() => socket.close());

  const ask = async (event: string, data: unknown, answers = 1) => {
    heard.splice(0);
    socket.send(JSON.stringify({ event, data }));
    await eventually(() => Promise.resolve(heard.length >= answers ? true : undefined));
    return [...heard];
  };

  it('receives its server and is notified of connections', async () => {
    await happened(nest.probe, 'connected');
    expect(nest.probe).toContain('init with server');
  });

  it('answers messages synchronously, asynchronously and several times', async () => {
    expect(await ask('echo', { a: 1 })).toEqual([{ event: 'echoed', data: { data: { a: 1 }, hasClient: true } }]);
    expect(await ask('later', { id: '6' })).toEqual([{ event: 'later', data: 7 }]);
    expect((await ask('all', null, 2)).map(({ data }) => data)).toEqual(['Tom', 'Kit']);
  });

  it('supports guards and interceptors', async () => {
    expect(await ask('guarded', { open: true })).toEqual([{ event: 'guarded', data: 'in' }]);
    expect(await ask('guarded', {})).toMatchObject([{ event: 'exception', data: { message: 'Forbidden resource' } }]);
    expect(await ask('intercepted', {})).toEqual([{ event: 'intercepted', data: 'LOUD' }]);
  });

  it('validates messages with classes', async () => {
    expect(await ask('judged', { name: 'Tom' })).toEqual([{ event: 'judged', data: 'CatMessage Tom' }]);
    const errors = [{ property: 'name', constraints: { isString: 'name must be a string' } }];
    expect(await ask('judged', { name: 7 })).toMatchObject([{ event: 'exception', data: errors }]);
  });

  it('sends errors as exception events without internal details', async () => {
    expect(await ask('failing', {})).toMatchObject([
      { event: 'exception', data: { status: 'error', message: 'Not a cat' } },
    ]);
    expect(await ask('broken', {})).toMatchObject([{ event: 'exception', data: { message: 'Internal server error' } }]);
    expect(JSON.stringify(heard)).not.toContain('secret');
  });

  it('shares its port with routes and rejects connections to other paths', async () => {
    expect((await nest.get('/beside')).text).toBe('beside the gateway');
    const other = new WebSocket(`${nest.url.replace('http', 'ws')}/elsewhere`);
    await new Promise((resolve) => void other.once('error', resolve));
  });

  it('is notified of disconnections', async () => {
    socket.close();
    await happened(nest.probe, 'disconnected');
  });
});

describe('a gateway that is not public', () => {
  const nest = nestWith('websockets/closed');
  const heard: Message[] = [];

  it('is reported once at the start, with the remedy', () => {
    const told = nest.logs.filter(({ level, msg }) => level === 40 && String(msg).startsWith('ClosedGateway'));
    expect(told.map(({ msg }) => msg)).toEqual([
      'ClosedGateway rejects messages, because they carry no bearer token: add @Public() to the gateway or its handlers if anyone may send messages',
    ]);
  });

  it('answers with "Not authenticated", except for messages to public handlers', async () => {
    const socket = new WebSocket(`${nest.url.replace('http', 'ws')}/closed`);
    socket.on('message', (text: Buffer) => heard.push(JSON.parse(text.toString()) as Message));
    await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject));
    socket.send(JSON.stringify({ event: 'one', data: 1 }));
    await eventually(() => Promise.resolve(heard.length === 1 ? true : undefined));
    socket.send(JSON.stringify({ event: 'open', data: 1 }));
    await eventually(() => Promise.resolve(heard.length === 2 ? true : undefined));
    socket.close();
    expect(heard).toMatchObject([
      { event: 'exception', data: { status: 'error', message: 'Not authenticated' } },
      { event: 'open', data: 'in' },
    ]);
  });
});

describe('a gateway with socket.io', () => {
  const nest = nestWith('websockets/socket-io');
  let socket: Socket;
  const heard: Message[] = [];

  beforeAll(async () => {
    socket = io(`${nest.url}/cats`);
    socket.onAny((event: string, data: unknown) => heard.push({ event, data }));
    await new Promise(
      (resolve, reject) => void socket.once('connect', () => resolve(undefined)).once('connect_error', reject),
    );
  });
  afterAll(() => void socket.disconnect());

  const ask = async (event: string, data: unknown, answers = 1) => {
    heard.splice(0);
    socket.emit(event, data);
    await eventually(() => Promise.resolve(heard.length >= answers ? true : undefined));
    return [...heard];
  };

  it('answers messages', async () => {
    expect(await ask('echo', { a: 1 })).toEqual([{ event: 'echoed', data: { data: { a: 1 }, hasClient: true } }]);
    expect((await ask('all', null, 2)).map(({ data }) => data)).toEqual(['Tom', 'Kit']);
  });

  it('supports guards and sends errors as exception events', async () => {
    expect(await ask('guarded', {})).toMatchObject([{ event: 'exception', data: { message: 'Forbidden resource' } }]);
    expect(await ask('failing', {})).toMatchObject([{ event: 'exception', data: { message: 'Not a cat' } }]);
  });

  it('shares its port with routes and supports CORS', async () => {
    expect((await nest.get('/nowhere')).status).toBe(404);
    const polled = await fetch(`${nest.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { Origin: 'https://a.example' },
    });
    expect([polled.status, polled.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });
});
