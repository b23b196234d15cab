import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyId } from '../../src/auth/key-ring.js';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';
import { claimsOf, forge, headerOf } from '../support/tokens.js';
import { PASSWORD_HASH, signIn } from '../support/world.js';

const FIRST = 'the-first-key-for-tests-of-more-than-32-bytes';
const THIRD = 'the-third-key-for-tests-of-more-than-32-bytes';
const SECOND = 'the-second-key-for-tests-of-more-than-32-bytes';

/** Replaces a file atomically, as Kubernetes updates a mounted Secret. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const TOLD = `select details -> 'after' ->> 'key_id' as key from audit_events where action = 'key.changed' order by id`;

const kidOf = (token: string) => headerOf(token)['kid'];

describe.each([1, 2])('with %i worker(s), on SIGHUP', (workers) => {
  const folder = aFolder();
  const files = { secret: join(folder, 'secret'), retired: join(folder, 'retired'), level: join(folder, 'level') };
  let database: OwnDatabase;
  let app: Program;
  let api: string;
  let before: string;

  const lines = (what: string) => app.output.split(what).length - 1;
  const hangUp = async (what: string) => {
    const already = lines(what);
    app.signal('SIGHUP');
    await eventually(async () => lines(what) > already || undefined);
  };
  const token = async () => (await signIn('ann@example.com', undefined, api)).access_token;
  /** Sends a request on a new connection, which another worker may serve. Returns the status. */
  const status = async (shown: string) =>
    (await fetch(`${api}/users/me`, { headers: { Authorization: `Bearer ${shown}`, Connection: 'close' } })).status;
  const ids = async (shown: string) => {
    const headers = { Authorization: `Bearer ${shown}`, Connection: 'close' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${api}/users/me`, { headers })));
    return answers.map((answer) => answer.headers.get('x-request-id')!);
  };
  /** Creates an item, always with the same Idempotency-Key. Returns the id and whether the response was stored. */
  const createItem = async () => {
    const headers = {
      Authorization: `Bearer ${await token()}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': 'one-lamp',
      Connection: 'close',
    };
    const body = JSON.stringify({ name: 'Lamp', price_cents: 1205, stock: 1 });
    const answer = await fetch(`${api}/items`, { method: 'POST', headers, body });
    const replayed = answer.headers.get('idempotency-replayed') === 'true';
    return { id: ((await answer.json()) as { id?: number }).id, replayed };
  };
  const statuses = (shown: string) => Promise.all(Array.from({ length: 8 }, () => status(shown)));

  beforeAll(async () => {
    database = await ownDatabase();
    await database.query(
      `insert into users (id, email, name, password_hash, role) values (1, 'ann@example.com', 'Ann', $1, 'admin')`,
      [PASSWORD_HASH],
    );
    put(files.secret, FIRST);
    put(files.retired, 'a-key-of-long-ago-for-tests-of-32-bytes-or-more');
    put(files.level, 'info');
    app = aerie({
      DATA_DIR: aFolder(),
      DATABASE_URL: database.url,
      WORKERS: String(workers),
      LOG_LEVEL: '',
      LOG_LEVEL_FILE: files.level,
      JWT_SECRET_FILE: files.secret,
      JWT_RETIRED_SECRETS_FILE: files.retired,
    });
    api = await app.address();
    before = await token();
  });

  it('invalid files are reported without their content, and nothing changes', async () => {
    for (const [bad, why] of [
      ['', 'points to an empty file'],
      ['too-short', 'must have at least 32 bytes'],
    ] as const) {
      put(files.secret, bad);
      await hangUp('The secrets are unchanged');
      expect(app.output).toContain(why);
      expect(app.output).not.toContain('too-short');
      expect(kidOf(await token())).toBe(keyId(FIRST));
      expect(await statuses(before)).toEqual(Array.from({ length: 8 }, () => 200));
    }
    expect(childrenOf(app.pid)).toHaveLength(workers === 1 ? 0 : workers);
  });

  it('tokens are signed with the new key, and tokens and stored responses of the retired key are accepted', async () => {
    const { id } = await createItem();
    expect(id).toEqual(expect.any(Number));
    put(files.secret, SECOND);
    put(files.retired, FIRST);
    await hangUp('The token keys have changed');
    for (let i = 0; i < 4; i++) {
      const anew = await token();
      expect(kidOf(anew)).toBe(keyId(SECOND));
      expect(await statuses(anew)).toEqual(Array.from({ length: 8 }, () => 200));
    }
    expect(await statuses(before)).toEqual(Array.from({ length: 8 }, () => 200));
    for (let i = 0; i < 4; i++) expect(await createItem()).toEqual({ id, replayed: true });
    await eventually(async () => (await database.query<{ key: string }>(TOLD)).length > 1 || undefined);
    expect((await database.query<{ key: string }>(TOLD)).map(({ key }) => key)).toEqual([keyId(FIRST), keyId(SECOND)]);
  });

  it('a key that is no longer listed as retired is refused, even for a token that was accepted before', async () => {
    put(files.retired, 'a-key-of-long-ago-for-tests-of-32-bytes-or-more');
    await hangUp('The token keys have changed');
    expect(await statuses(before)).toEqual(Array.from({ length: 8 }, () => 401));
    expect(await status(forge(claimsOf(before), {}, FIRST))).toBe(401);
    expect(kidOf(await token())).toBe(keyId(SECOND));
  });

  (workers === 1 ? it.skip : it)('a worker that was still starting has the new keys when it serves', async () => {
    put(files.secret, THIRD);
    put(files.retired, SECOND);
    const replaced = lines('All workers were replaced');
    app.signal('SIGUSR2');
    await eventually(async () => childrenOf(app.pid).length > workers || undefined);
    await hangUp('The token keys have changed');
    await eventually(async () => lines('Replaced by a new worker') > 0 || undefined);
    const ids = await Promise.all(Array.from({ length: 8 }, async () => kidOf(await token())));
    expect(new Set(ids)).toEqual(new Set([keyId(THIRD)]));
    await eventually(async () => lines('All workers were replaced') > replaced || undefined);
  });

  it('the log level changes in all processes', async () => {
    const servers = workers === 1 ? [app.pid] : childrenOf(app.pid);
    const shown = await token();
    put(files.level, 'debug');
    await hangUp('The log level changes from info to debug');
    for (const pid of servers) {
      await eventually(async () => {
        await ids(shown);
        return new RegExp(`"level":20,[^\n]*"pid":${pid},[^\n]*"msg":"statements"`).test(app.output) || undefined;
      });
    }
    put(files.level, 'error');
    await hangUp('The log level changes from debug to error');
    const silent = await ids(shown);
    put(files.level, 'info');
    await hangUp('The log level changes from error to info');
    const [told] = await ids(shown);
    await eventually(() => Promise.resolve(app.output.includes(told!) || undefined));
    expect(silent.filter((id) => app.output.includes(id))).toEqual([]);
  });

  it('an invalid log level changes nothing', async () => {
    put(files.level, 'loud');
    await hangUp('LOG_LEVEL must be one of');
    expect(await status(await token())).toBe(200);
  });
});

describe('a successor that reports late that it serves', () => {
  it('knows the keys that changed while it started, although it serves already', async () => {
    const database = await ownDatabase();
    await database.query(
      `insert into users (id, email, name, password_hash) values (1, 'ann@example.com', 'Ann', $1)`,
      [PASSWORD_HASH],
    );
    const [secret, retired] = ['secret', 'retired'].map((name) => join(aFolder(), name)) as [string, string];
    put(secret, FIRST);
    put(retired, THIRD);
    const app = aerie({
      DATA_DIR: aFolder(),
      DATABASE_URL: database.url,
      WORKERS: '2',
      LOG_LEVEL: 'info',
      NODE_OPTIONS: `--import=${new URL('../support/late-ready.mjs', import.meta.url).href}`,
      JWT_SECRET_FILE: secret,
      JWT_RETIRED_SECRETS_FILE: retired,
    });
    const api = await app.address();
    const { access_token } = await signIn('ann@example.com', undefined, api);
    put(secret, SECOND);
    put(retired, FIRST);
    app.signal('SIGUSR2');
    await eventually(async () => childrenOf(app.pid).length > 2 || undefined);
    app.signal('SIGHUP');
    await app.says(/The token keys have changed/);
    expect(app.output).not.toContain('All workers were replaced'); // it waits for no worker that is still starting
    const anew = forge(claimsOf(access_token), { kid: keyId(SECOND) }, SECOND);
    const headers = { Authorization: `Bearer ${anew}`, Connection: 'close' };
    const statuses = new Map<number, number>();
    while (!app.output.includes('All workers were replaced')) {
      const { status } = await fetch(`${api}/users/me`, { headers });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()]).toEqual([200]);
  });
});

it('SIGHUP ends an application without secret files, because it means that the terminal was closed', async () => {
  const { url } = await ownDatabase();
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: url });
  await app.address();
  app.signal('SIGHUP');
  expect(await app.ended).toBe('SIGHUP');
});
