import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE } from '../../src/kernel/common/release.js';
import { anOrder, eventually } from '../support/factories.js';
import { ownDatabase } from '../support/own-database.js';
import { aFolder, MAIN } from '../support/processes.js';
import { raw } from '../support/raw.js';
import { anon, aUser } from '../support/world.js';

const lineOf = (request_id: unknown) =>
  eventually(() =>
    Promise.resolve(logs.find((line) => line['msg'] === 'request' && line['request_id'] === request_id)),
  );

describe('the log line of a request', () => {
  it('contains the user, the route, the status, the duration and the time in UTC', async () => {
    const user = await aUser();
    const { id } = await anOrder({ user_id: user.id });
    const { headers } = await user.get(`/orders/${id}?limit=1`);
    expect(await lineOf(headers['x-request-id'])).toEqual({
      level: expect.anything(),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      pid: process.pid,
      host: hostname(),
      version: RELEASE,
      request_id: headers['x-request-id'],
      method: 'GET',
      route: '/orders/:order_id',
      status: 200,
      ms: expect.any(Number),
      address: '127.0.0.1',
      user_id: user.id,
      msg: 'request',
    });
  });

  it('contains no user for an anonymous caller and no path for an unknown route', async () => {
    const { headers } = await anon.get('/nowhere/%0A%1B%5B31mevil?token=hush');
    const line = await lineOf(headers['x-request-id']);
    expect(line).toMatchObject({ route: 'unrouted', status: 404 });
    expect(line).not.toHaveProperty('user_id');
    expect(JSON.stringify(line)).not.toMatch(/evil|hush/);
  });

  it.each([
    ['of the connection, if no proxy is trusted', '0', '203.0.113.9', '127.0.0.1'],
    ['from the trusted proxy', '1', '198.51.100.1, 203.0.113.9:4711', '203.0.113.9'],
    ['from the outer of two trusted proxies', '2', '203.0.113.9, 192.0.2.1', '203.0.113.9'],
    ['of the connection, if the proxy sends no valid address', '1', 'evil"},{"', '127.0.0.1'],
  ])('contains the client address %s', async (_, TRUST_PROXY, forwarded, address) => {
    const app = await startApp({ env: { TRUST_PROXY } });
    await anon.at(app.url).get('/health/live').set('X-Forwarded-For', forwarded);
    const line = await eventually(() => Promise.resolve(app.logs.find(({ msg }) => msg === 'request')));
    expect(line).toMatchObject({ address });
    await app.stop();
  });

  it.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7', undefined],
  ])('contains the trace id of a valid traceparent header: %s', async (traceparent, trace_id) => {
    const { headers } = await anon.get('/health/live').set('traceparent', traceparent);
    expect((await lineOf(headers['x-request-id']))?.['trace_id']).toBe(trace_id);
  });

  it.each(['two words', 'a"b', 'a\\nb', '\u001b[31m', 'x'.repeat(65), 'ä'])(
    'does not contain the invalid request id %j of a client',
    async (given) => {
      const { hostname, port } = new URL(baseUrl);
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET /items?limit=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-ID: ${given}\r\n\r\n`,
        'latin1',
      );
      const answer = (await socket.toArray()).join('');
      const id = /x-request-id: (\S+)/i.exec(answer)?.[1];
      if (answer.startsWith('HTTP/1.1 400')) return; // the value is not even valid in a header
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect(await lineOf(id)).toMatchObject({ status: 200 });
    },
  );
});

/** Starts the application with its log on a pipe. The test decides whether to read it. */
async function writing(): Promise<{ app: ChildProcess; url: string; text: () => string }> {
  const { url: DATABASE_URL } = await ownDatabase();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: '0', DATABASE_URL, DATA_DIR: aFolder(), LOG_LEVEL: 'info' };
  const app = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(app);
  let text = '';
  app.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const url = await eventually(() => Promise.resolve(/ API +(http:\S+)/.exec(text)?.[1]));
  return { app, url, text: () => text };
}

const running: ChildProcess[] = [];

afterEach(() => {
  for (const app of running.splice(0)) {
    app.kill('SIGKILL');
    app.stdout?.destroy();
  }
});

/** Sends `count` requests. Returns how many got a 200. */
async function ask(url: string, count: number): Promise<number> {
  let answered = 0;
  for (let sent = 0; sent < count; sent += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/health/live`)));
    answered += answers.filter(({ status }) => status === 200).length;
    await Promise.all(answers.map((answer) => answer.text()));
  }
  return answered;
}

describe('an invalid request', () => {
  it.each([
    ['an invalid request line', 'hello there\r\n\r\n', 'unknown', 400],
    ['headers over 16 kB', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`, 'unknown', 431],
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'GET', 400],
  ])('is also logged: %s', async (_, head, method, status) => {
    const before = logs.length;
    const answer = await raw(head);
    expect([answer.status, answer.headers['x-process-time']]).toEqual([status, expect.stringMatching(/^0\.\d{6}$/)]);
    const line = await eventually(() => Promise.resolve(logs.slice(before).find(({ msg }) => msg === 'request')));
    expect(line).toMatchObject({ method, route: 'unrouted', status, request_id: answer.headers['x-request-id'] });
    expect(JSON.stringify(line)).not.toMatch(/hello|aaa/);
  });
});

describe('the reader of the log', () => {
  it('can pause: requests are still served, and the log continues with complete lines', async () => {
    const { app, url, text } = await writing();
    app.stdout!.pause();
    expect(await ask(url, 3000)).toBe(3000);
    app.stdout!.resume();
    await eventually(() => Promise.resolve(text().split('"msg":"request"').length > 2500 ? true : undefined));
    await sleep(300);
    const lines = text()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(2500);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('can stop reading forever: the application still shuts down', async () => {
    const { app, url } = await writing();
    app.stdout!.pause();
    expect(await ask(url, 3000)).toBe(3000);
    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    expect(await Promise.race([ended, sleep(30_000, 'it goes on')])).toEqual([0, null]);
  });

  it('can disconnect: requests are still served without a log', async () => {
    const { app, url } = await writing();
    app.stdout!.destroy();
    expect(await ask(url, 400)).toBe(400);
    await sleep(500);
    expect(await ask(url, 400)).toBe(400);
    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
