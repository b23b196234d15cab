/** @jest-environment node */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { linkInMails } from '../support/mail.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, elapsed, processesIn, type Program } from '../support/processes.js';

/** Aerie promises to stop in 2 s on an idle machine. A stop that waits for requests takes 25 s. */
const PROMPTLY_MS = 5000;
const JSON_TYPE = { 'Content-Type': 'application/json' };

const signUp = (api: string, email: string) =>
  fetch(`${api}/users`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ email, name: 'Ann', password: 'Password1' }),
  });

const signIn = (api: string, username: string, password: string) =>
  fetch(`${api}/auth/token`, { method: 'POST', body: new URLSearchParams({ username, password }) });

const nothingLeftIn = (folder: string) => eventually(async () => processesIn(folder).length === 0 || undefined);

describe('on the embedded PostgreSQL', () => {
  const folder = aFolder();
  let app: Program;
  let api: string;
  let password: string;

  beforeAll(async () => {
    app = aerie({ DATA_DIR: folder });
    api = await app.address();
    password = await app.says(/Password +(\S+)/);
  });

  it('the application prints its URLs, and the password of an admin who can sign in', async () => {
    expect(app.output).toMatch(/Aerie is ready after \d+\.\d\d s/);
    for (const page of ['/docs', '/redoc']) {
      expect(app.output).toContain(` ${api}${page}\n`);
      expect((await fetch(api + page)).status).toBe(200);
    }
    expect((await signIn(api, 'admin@aerie.example', password)).status).toBe(200);
  });

  it('a first start prints what it waits for', () => {
    expect(app.output).toMatch(
      /^Creating a database in \S+…\nApplying \d+ migration\(s\)…\nAdding the demo data…\n\nAerie is ready/,
    );
  });

  it('prints where mails are, and with PORT=0 their links have the port that the system selected', async () => {
    const mails = await app.says(/Mails +text files in (\S+)/);
    await fetch(`${api}/auth/password/forgot`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ email: 'ann@aerie.example' }),
    });
    expect(await linkInMails(mails)).toMatch(RegExp(`^${api}/reset-password#token=`));
  });

  it('a second start in the same folder reports that the port is taken, and does not stop the first', async () => {
    const { port } = new URL(api);
    const second = aerie({ DATA_DIR: folder, PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program: stop it, or set PORT to another number\n`,
    );
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  });

  it('Ctrl-C stops the application immediately, leaves no process behind, and keeps the data', async () => {
    app.signalGroup('SIGINT');
    expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
    expect(await app.ended).toBe(0);
    expect(processesIn(folder)).toEqual([]);

    app = aerie({ DATA_DIR: folder });
    api = await app.address();
    expect(app.output).not.toContain('Password');
    expect((await signIn(api, 'admin@aerie.example', password)).status).toBe(200);
  });

  it('SIGKILL leaves no process behind', async () => {
    app.signal('SIGKILL');
    await app.ended;
    await nothingLeftIn(folder);
  });
});

describe('the shutdown', () => {
  let database: OwnDatabase;
  let app: Program;
  let api: string;

  beforeAll(async () => {
    database = await ownDatabase();
  });

  beforeEach(async () => {
    const crash = new URL('./crash-on-signal.mjs', import.meta.url).href;
    app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url, NODE_OPTIONS: `--import=${crash}` });
    api = await app.address();
  });

  /** Starts a sign-up that waits for a table lock. */
  const inFlight = async (email: string) => {
    const free = await database.hold('users');
    const answer = signUp(api, email);
    answer.catch(() => {}); // it may be cut off
    await eventually(async () => {
      const waiting = await database.query(`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query ilike 'insert into%'`);
      return waiting.length > 0 || undefined;
    });
    return { answer, free };
  };

  it('on SIGTERM finishes the request in flight, accepts no new connections, and exits with code 0', async () => {
    const { answer, free } = await inFlight('in.flight@example.com');
    app.signal('SIGTERM');
    await eventually(() =>
      fetch(api, { headers: { Connection: 'close' } }).then(
        () => undefined,
        () => true,
      ),
    );
    await free();
    expect((await answer).status).toBe(201);
    expect(await app.ended).toBe(0);
    expect(await database.query('select from users where email = $1', ['in.flight@example.com'])).toHaveLength(1);
    expect(app.output).not.toContain('"level":50');
  });

  it('on Ctrl-C aborts a request that takes too long', async () => {
    const { answer, free } = await inFlight('cut.off@example.com');
    app.signalGroup('SIGINT');
    expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
    expect(await app.ended).toBe(0);
    await expect(answer).rejects.toThrow('fetch failed');
    await free();
  });

  it('treats two signals in quick succession as one, and ends immediately on a later signal', async () => {
    const { free } = await inFlight('twice@example.com');
    app.signal('SIGTERM');
    await sleep(50); // the system merges signals that are not delivered yet
    app.signal('SIGTERM');
    const later = sleep(700, 'still there');
    expect(await Promise.race([app.ended, later])).toBe('still there');
    app.signal('SIGTERM');
    expect(await elapsed(app.ended)).toBeLessThan(PROMPTLY_MS);
    expect(await app.ended).toBe(1);
    await free();
  });

  it('after an uncaught error logs it, finishes the request in flight, and exits with code 1', async () => {
    const { answer, free } = await inFlight('bug@example.com');
    app.signal('SIGUSR2');
    await app.says(/a bug for the test/);
    await free();
    expect((await answer).status).toBe(201);
    expect(await app.ended).toBe(1);
    expect(app.output).toContain('Uncaught error');
  });
});

/** Returns the output of a start that fails with exit code 1, and checks that it has no stack trace. */
const endsWith = async (env: Record<string, string>) => {
  const app = aerie({ DATA_DIR: aFolder(), ...env });
  expect(await app.ended).toBe(1);
  expect(app.output).not.toMatch(/^ +at /m);
  return app.output;
};

describe('a failed start prints an error message without a stack trace', () => {
  it('for all errors of the configuration at once, without secret values', async () => {
    const output = await endsWith({
      PORT: 'http',
      WORKERS: '0',
      DATABASE_URL: 'mysql://ann:hunter2@db/aerie',
      JWT_SECRET: 'tooshort',
    });
    for (const name of ['PORT', 'WORKERS', 'DATABASE_URL', 'JWT_SECRET']) expect(output).toContain(`- ${name} `);
    expect(output).toContain('4 errors');
    expect(output).not.toMatch(/hunter2|tooshort/);
  });

  it('for a database that cannot be reached', async () => {
    const output = await endsWith({ DATABASE_URL: 'postgres://ann:hunter2@127.0.0.1:1/aerie' });
    expect(output).toBe('The database aerie on 127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n');
  });

  it('for a database that refuses the password', async () => {
    const url = new URL((await ownDatabase()).url);
    url.password = 'hunter2';
    const output = await endsWith({ DATABASE_URL: url.href });
    expect(output).toContain('cannot be reached: password authentication failed');
    expect(output).not.toContain('hunter2');
  });

  it('for a HOST that is not an address of this machine', async () => {
    const { url } = await ownDatabase();
    expect(await endsWith({ DATABASE_URL: url, HOST: '192.0.2.1' })).toBe(
      'HOST 192.0.2.1 is not an address of this machine\n',
    );
  });

  it('for a port that is taken, and still prints the password of the new admin', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { url } = await ownDatabase({ empty: true });
    const output = await endsWith({ DATABASE_URL: url, DEMO_DATA: 'true', PORT: String(port) });
    taken.close();
    expect(output).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(output).toMatch(/Password +\S+/);
  });
});

it('four instances that start concurrently on an empty database migrate and seed it once', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  const four = [1, 2, 3, 4].map(() => aerie({ DATA_DIR: aFolder(), DATABASE_URL: url, DEMO_DATA: 'true' }));
  await Promise.all(four.map((app) => app.address()));
  expect(await query(`select from users where role = 'admin'`)).toHaveLength(1);
  expect(await query('select name from migrations group by name having count(*) > 1')).toEqual([]);
  for (const app of four) app.signal('SIGTERM');
  expect(await Promise.all(four.map((app) => app.ended))).toEqual([0, 0, 0, 0]);
  expect(four.filter(({ output }) => output.includes('Password'))).toHaveLength(1);
});
