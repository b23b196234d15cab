import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '../support/factories.js';
import { mailFiles } from '../support/mail.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { hasPgBouncer, knowsStatements, PgBouncer } from '../support/pgbouncer.js';
import { aerie, aFolder, elapsed, type Program } from '../support/processes.js';
import { ADVISORY_LOCKS } from '../support/races.js';
import { Actor, PASSWORD, PASSWORD_HASH, signIn } from '../support/world.js';

const isThere = hasPgBouncer();

/** The settings of PgBouncer beyond its defaults, and whether it supports prepared statements with them. */
const MODES: [name: string, settings: Record<string, string | number>, keepsStatements: boolean][] = [
  ['in session mode', { pool_mode: 'session', default_pool_size: 60 }, false],
];
if (isThere) {
  const knows = knowsStatements();
  MODES.push(['in transaction mode', { pool_mode: 'transaction' }, knows]);
  const off = { pool_mode: 'transaction', max_prepared_statements: 0 };
  if (knows) MODES.push(['in transaction mode without prepared statements', off, false]);
}

/**
 * Expected errors: the request for the locked row, and a job that gets no connection on a busy machine and is retried.
 */
const EXPECTED = /PATCH \/items\/:item_id failed|timeout exceeded when trying to connect/;

const LISTS = ['/items', '/items?search=lamp', '/orders', '/api/v1/posts', '/profile', '/auth/sessions', '/exports'];
const FOR_ADMINS = ['/users', '/jobs', '/audit', '/orders?status=new'];

(isThere ? describe : describe.skip).each(MODES)(
  'behind PgBouncer %s, two instances with two workers each',
  (_name, settings, keepsStatements) => {
    const folder = aFolder();
    const mails = () => mailFiles(join(folder, 'mail'));
    let database: OwnDatabase;
    let env: Record<string, string>;
    let programs: Program[];
    let urls: string[];
    let [ann, root]: Actor[] = [];

    const account = async (email: string, role: string) => {
      const [row] = await database.query<{ id: number }>(
        `insert into users (email, name, role, password_hash) values ($1, 'Ann', $2, $3) returning id::int`,
        [email, role, PASSWORD_HASH],
      );
      return new Actor(row!.id, email, (await signIn(email, PASSWORD, urls[0])).access_token, urls[0]);
    };

    beforeAll(async () => {
      database = await ownDatabase({ empty: true });
      const pooler = await PgBouncer.before(database.url, settings);
      env = {
        DATABASE_URL: pooler.url,
        DATABASE_DIRECT_URL: database.url,
        DATABASE_POOL_SIZE: '2',
        DATABASE_POOL_OVERFLOW: '8',
        DATA_DIR: folder,
        WORKERS: '2',
        REQUEST_TIMEOUT_SECONDS: '24', // leaves three seconds to get a connection on a busy machine
      };
      programs = [aerie(env), aerie(env)];
      urls = await Promise.all(programs.map((program) => program.address()));
      ann = await account('ann@example.com', 'user');
      root = await account('root@example.com', 'admin');
    });

    it('can be restarted and leave no advisory lock behind', async () => {
      programs[0]!.signal('SIGTERM');
      expect(await programs[0]!.ended).toBe(0);
      programs[0] = aerie(env);
      urls[0] = await programs[0].address();
      expect(await database.query(ADVISORY_LOCKS)).toEqual([]);
    });

    it('answer repeated reads and writes on both instances, and run the jobs', async () => {
      const item = (await root!.at(urls[0]!).post('/items', { name: 'Lamp', price_cents: 250, stock: 500 })).body as {
        id: number;
      };
      const ask = async (url: string, round: number) => {
        const [user, admin] = [ann!.at(url), root!.at(url)];
        const answers = await Promise.all([
          user.post('/orders', { item_id: item.id, quantity: 1 }),
          user.post('/api/v1/posts', { title: `Post ${round}`, body: 'Hello' }),
          user.patch('/profile', { name: `Ann ${round}` }),
          user.get('/export'),
          ...LISTS.map((path) => user.get(path)),
          ...FOR_ADMINS.map((path) => admin.get(path)),
        ]);
        return answers.map(({ status, text }) => (status < 300 ? 'fine' : `${status} ${text}`));
      };
      for (let round = 0; round < 4; round++) {
        const answers = await Promise.all(urls.map((url) => ask(url, round)));
        expect(new Set(answers.flat())).toEqual(new Set(['fine']));
      }
      await eventually(async () => (await mails()).length >= 8 || undefined);
      expect(await mails()).toHaveLength(8); // one per order
    });

    it('write an export and serve it from the other instance', async () => {
      const { body } = await ann!.at(urls[0]!).post('/exports', { format: 'csv' });
      const { id } = body as { id: number };
      const other = ann!.at(urls[1]!);
      const ready = await eventually(async () => {
        const { body: file } = await other.get(`/exports/${id}`);
        return (file as { status: string }).status === 'ready' ? (file as { rows_done: number }) : undefined;
      });
      expect(ready.rows_done).toBe(8);
      const sent = await other.get(`/exports/${id}/file`);
      expect([sent.status, sent.text.trimEnd().split('\n').length]).toEqual([200, 9]);
    });

    it('answer a request for a locked row with 503 after the lock timeout', async () => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client
        .query<{ id: number }>('begin; select id::int from items limit 1 for update')
        .then((all) => (all as unknown as (typeof all)[])[1]!);
      for (const url of urls) {
        const path = `/items/${rows[0]!.id}`;
        const answer = root!.at(url).patch(path, { stock: 400 });
        const took = await elapsed(answer.then(({ status }) => expect(status).toBe(503)));
        expect(took).toBeGreaterThan(3000);
        expect(took).toBeLessThan(8500); // 3.6 s (1.2 s by default); statements end after 9 s, and answers after 12 s
      }
      await client.end();
    });

    it('log no unexpected errors and stop cleanly', async () => {
      for (const program of programs) {
        program.signal('SIGTERM');
        expect(await program.ended).toBe(0);
        const errors = program.output.split('\n').filter((line) => line.includes('"level":50'));
        expect(program.output.includes('WARNING: The pooler at DATABASE_URL does not support prepared')).toBe(
          !keepsStatements,
        );
        expect(errors.filter((line) => !EXPECTED.test(line))).toEqual([]);
      }
      expect(await database.query(ADVISORY_LOCKS)).toEqual([]);
    });
  },
);
