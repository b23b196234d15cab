/** @jest-environment node */
import { readConfig } from '../../src/config/config.js';
import { Logger } from '../../src/kernel/logging/logger.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { execute } from '../../src/kernel/database/statement.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { dataSourceOptions } from '../../src/kernel/database/data-source-options.js';
import { ownDatabase, setAll, type OwnDatabase } from '../support/own-database.js';
import { hasPgBouncer, knowsStatements, PgBouncer } from '../support/pgbouncer.js';
import { aerie, aFolder } from '../support/processes.js';
import { ADVISORY_LOCKS } from '../support/races.js';

const isThere = hasPgBouncer();

const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'];
const SHOW = 'select name, current_setting(name) as value from unnest($1::text[]) as asked (name)';

(isThere ? describe : describe.skip)('request connections behind PgBouncer in transaction mode', () => {
  let source: AerieDataSource;
  const foreign = { bytea_output: 'escape', default_transaction_isolation: 'serializable', DateStyle: 'German' };
  const names = [...LIMITS, ...Object.keys(foreign), 'transaction_isolation'];
  const ours = {
    statement_timeout: '3s',
    lock_timeout: '1200ms',
    idle_in_transaction_session_timeout: '10s',
    transaction_timeout: '10s',
    bytea_output: 'hex',
    DateStyle: 'ISO, MDY',
    transaction_isolation: 'read committed',
  };

  beforeAll(async () => {
    const database = await ownDatabase();
    await setAll(database, foreign);
    const { url: DATABASE_URL } = await PgBouncer.before(database.url, { pool_mode: 'transaction' });
    const config = readConfig({ NODE_ENV: 'test', DATABASE_URL, JWT_SECRET: 'x'.repeat(40), DATABASE_POOL_SIZE: '8' });
    source = await new AerieDataSource({ ...dataSourceOptions(config, new Logger(config)), entities: [] }).initialize();
  });

  afterAll(() => source.destroy());

  type Row = { name: string; value: string };
  const found = async (ask: () => Promise<Row[]>) =>
    Object.fromEntries((await ask()).map(({ name, value }) => [name, value]));

  it('have the limits and settings of Aerie in each statement, whichever server connection they use', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => found(() => source.query<Row[]>(`${SHOW}, pg_sleep(0.05)`, [names]))),
    );
    for (const one of all) expect(one).toMatchObject(ours);
  });

  it('have the same settings in transactions, which may use another isolation level', async () => {
    expect(await found(() => source.transaction((tx) => tx.query<Row[]>(SHOW, [names])))).toMatchObject(ours);
    expect(await found(() => source.transaction('SERIALIZABLE', (tx) => tx.query<Row[]>(SHOW, [names])))).toMatchObject(
      { ...ours, transaction_isolation: 'serializable' },
    );
  });

  (knowsStatements() ? it : it.skip)(
    'repeat prepared statements that a change of the schema has made stale',
    async () => {
      await source.query('create table test_things (id int, name varchar(20))');
      const read = () =>
        transaction(source.manager, async (tx) => {
          const { rows } = await execute(tx, 'select name, id from test_things', []);
          await tx.query('select pg_sleep(0.05)'); // so that each uses another server connection
          return rows;
        });
      const all = () => Promise.all(Array.from({ length: 8 }, read));
      await all();
      await source.query('alter table test_things alter column name type varchar(40)');
      expect((await all()).flat()).toEqual([]);
    },
  );

  it('report the error of a statement or of its commit, and remain usable', async () => {
    await source.query(
      'create table test_pairs (id int primary key, other int references test_pairs deferrable initially deferred)',
    );
    await expect(source.query('select 1/0')).rejects.toThrow('division by zero');
    await expect(source.query('insert into test_pairs values (1, 2)')).rejects.toThrow(
      'violates foreign key constraint',
    );
    await expect(source.query('select pg_sleep(4)')).rejects.toThrow('statement timeout');
    expect(await source.query('select count(*)::int from test_pairs')).toEqual([{ count: 0 }]);
  });
});

(isThere ? describe : describe.skip)('a start is refused', () => {
  let database: OwnDatabase;

  beforeAll(async () => {
    database = await ownDatabase();
  });

  const refusal = async (env: Record<string, string>) => {
    const app = aerie({ DATA_DIR: aFolder(), ...env });
    expect(await app.ended).toBe(1);
    expect(await database.query(ADVISORY_LOCKS)).toEqual([]);
    return app.output;
  };

  it('in transaction mode without DATABASE_DIRECT_URL, on every attempt', async () => {
    for (const server_round_robin of [0, 1]) {
      const { url } = await PgBouncer.before(database.url, { pool_mode: 'transaction', server_round_robin });
      for (const _ of [1, 2]) {
        expect(await refusal({ DATABASE_URL: url })).toBe(
          'DATABASE_URL points to a pooler that changes the connection after each transaction (pool_mode = transaction): set DATABASE_DIRECT_URL to the address of the database itself, for migrations, locks and the job queue\n',
        );
      }
    }
  });

  it('with a DATABASE_DIRECT_URL that also points to the pooler', async () => {
    const { url } = await PgBouncer.before(database.url, { pool_mode: 'transaction' });
    expect(await refusal({ DATABASE_URL: url, DATABASE_DIRECT_URL: url })).toMatch(
      /^DATABASE_DIRECT_URL points to a pooler .+: set it to the address of the database itself\n$/,
    );
  });

  it('with a DATABASE_DIRECT_URL that points to another database', async () => {
    const { url } = await PgBouncer.before(database.url, { pool_mode: 'transaction' });
    const other = await ownDatabase();
    expect(await refusal({ DATABASE_URL: url, DATABASE_DIRECT_URL: other.url })).toBe(
      'DATABASE_DIRECT_URL and DATABASE_URL point to different databases\n',
    );
  });

  it('in statement mode', async () => {
    const { url } = await PgBouncer.before(database.url, { pool_mode: 'statement' });
    expect(await refusal({ DATABASE_URL: url, DATABASE_DIRECT_URL: database.url })).toMatch(
      /^The pooler at DATABASE_URL does not support transactions \(pool_mode = statement\?\): set pool_mode to transaction\. Its error: /,
    );
  });

  it('with an unreachable DATABASE_URL', async () => {
    expect(await refusal({ DATABASE_URL: 'postgres://127.0.0.1:1/aerie', DATABASE_DIRECT_URL: database.url })).toMatch(
      /^DATABASE_URL cannot be used: /,
    );
  });
});

(isThere ? describe : describe.skip)('behind PgBouncer in session mode', () => {
  it('DATABASE_DIRECT_URL is not required', async () => {
    const database = await ownDatabase();
    const { url } = await PgBouncer.before(database.url, { pool_mode: 'session', default_pool_size: 40 });
    const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: url, DATABASE_POOL_SIZE: '2', DATABASE_POOL_OVERFLOW: '4' });
    expect((await fetch(`${await app.address()}/health/ready`)).status).toBe(200);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(await database.query(ADVISORY_LOCKS)).toEqual([]);
  });
});
