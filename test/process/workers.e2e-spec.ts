/** @jest-environment node */
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../../src/embedded-postgres/processes.js';
import { eventually } from '../support/factories.js';
import { linkInMails } from '../support/mail.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, elapsed, processesIn, signalIfAlive, type Program } from '../support/processes.js';

/** Enough for a busy machine. Aerie promises 2 s on an idle one. */
const PROMPTLY_MS = 5000;

/** Sends a request on a new connection, which another worker may serve. */
const get = (api: string, path: string, headers = {}) =>
  fetch(api + path, { headers: { Connection: 'close', ...headers }, signal: AbortSignal.timeout(5000) });

const signUp = (api: string, email: string) =>
  fetch(`${api}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: JSON.stringify({ email, name: 'Ann', password: 'Password1' }),
  });

async function tokenOf(api: string, username: string): Promise<string> {
  const body = new URLSearchParams({ username, password: 'Password1' });
  const answer = await fetch(`${api}/auth/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Returns the ids of the processes that have logged a request. */
function servers({ output }: Program): Set<number> {
  const lines = output.split('\n').filter((line) => line.includes('"msg":"request"'));
  return new Set(lines.map((line) => (JSON.parse(line) as { pid: number }).pid));
}

const end = (pids: number[]) => eventually(async () => !pids.some(isAlive) || undefined);

describe('four workers on an external database', () => {
  const folder = aFolder();
  let database: OwnDatabase;
  let app: Program;
  let api: string;

  beforeAll(async () => {
    database = await ownDatabase();
    app = aerie({ DATA_DIR: folder, DATABASE_URL: database.url, WORKERS: '4', HOST: '::1', LOG_LEVEL: 'info' });
    api = await app.address();
  });

  it('share one port, whose address is printed as a valid URL', () => {
    expect(api).toMatch(/^http:\/\/\[::1\]:[1-9]\d+$/);
    expect(app.output).toContain('Workers    4');
    expect(childrenOf(app.pid)).toHaveLength(4);
  });

  it('accept each other’s tokens', async () => {
    await signUp(api, 'ann@example.com');
    const Authorization = `Bearer ${await tokenOf(api, 'ann@example.com')}`;
    await eventually(async () => {
      expect((await get(api, '/users/me', { Authorization })).status).toBe(200);
      return servers(app).size === 4 || undefined;
    });
    expect(servers(app)).toEqual(new Set(childrenOf(app.pid)));
  });

  it('send mails that link to their port', async () => {
    await signUp(api, 'ben@example.com');
    expect((await linkInMails(join(folder, 'mail'))).split('#')[0]).toBe(`${api}/verify-email`);
  });

  it('keep serving when one is killed, and a new one replaces it', async () => {
    const [killed = 0, ...others] = childrenOf(app.pid);
    process.kill(killed, 'SIGKILL');
    await eventually(async () => {
      await get(api, '/').catch(() => {}); // a connection to the dying worker is lost
      return [...servers(app)].some((pid) => pid !== killed && !others.includes(pid)) || undefined;
    });
    expect(app.output).toContain(`Worker ${killed} died (SIGKILL); starting a new one`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(api, '/')));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('finish the request in flight on SIGTERM to the primary, which exits with code 0', async () => {
    const pids = childrenOf(app.pid);
    const free = await database.hold('users');
    const answer = signUp(api, 'in.flight@example.com');
    await eventually(async () => {
      const waiting = await database.query(`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query ilike 'insert into%'`);
      return waiting.length > 0 || undefined;
    });
    app.signal('SIGTERM');
    const refused = eventually(() =>
      get(api, '/').then(
        () => undefined,
        () => true,
      ),
    );
    await Promise.race([refused, sleep(1000)]); // the waiting insert times out after two seconds
    await free();
    expect((await answer).status).toBe(201);
    await refused;
    expect(await app.ended).toBe(0);
    await end(pids);
  });

  it('are no longer restarted if they die repeatedly', async () => {
    app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, WORKERS: '2' });
    await app.address();
    const killing = setInterval(() => {
      for (const pid of childrenOf(app.pid)) signalIfAlive(pid, 'SIGKILL');
    }, 20);
    expect(await app.ended).toBe(1);
    clearInterval(killing);
    expect(app.output).toContain('11 workers died within a minute');
  });

  it('do not start when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const second = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, WORKERS: '2', PORT: String(port) });
    expect(await second.ended).toBe(1);
    expect(second.output).toMatch(new RegExp(`^Port ${port} on 127.0.0.1 is taken by another program`));
    taken.close();
  });
});

describe('workers on the embedded database, which the primary owns,', () => {
  const folder = aFolder();

  it('serve requests and stop immediately on Ctrl-C', async () => {
    const app = aerie({ DATA_DIR: folder, WORKERS: '4' });
    const api = await app.address();
    expect((await get(api, '/items?limit=1')).status).toBe(200);
    const pids = childrenOf(app.pid);
    expect(pids).toHaveLength(5); // the fifth is the supervisor of the database
    app.signalGroup('SIGINT');
    expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
    expect(await app.ended).toBe(0);
    await end(pids);
  });

  it('leave no process behind when the primary is killed', async () => {
    const app = aerie({ DATA_DIR: folder, WORKERS: '2' });
    await app.address();
    const pids = childrenOf(app.pid);
    app.signal('SIGKILL');
    await app.ended;
    await end(pids);
    await eventually(async () => processesIn(folder).length === 0 || undefined);
  });
});
