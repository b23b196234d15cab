import type { DataSource, EntityManager, Repository } from 'typeorm';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { execute } from '../../src/kernel/database/statement.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { outsideTransaction } from '../../src/kernel/database/current-transaction.js';
import { Attempt } from '../../src/users/attempt.entity.js';
import { query } from '../support/database.js';

let source: AerieDataSource;
let attempts: Repository<Attempt>;

const connect = (max: number) =>
  new AerieDataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool },
    entities: [Attempt],
    installExtensions: false,
    extra: { max },
  }).initialize();

beforeAll(async () => {
  source = await connect(4);
  attempts = source.getRepository(Attempt);
});

afterAll(() => source.destroy());
beforeEach(() => query('delete from attempts'));

const row = (key: string) => ({ key, count: 1, since: new Date(0), until: null });
const INSERT = `insert into attempts (key, count, since) values ($1, 1, now())`;
const keys = async () => (await query<{ key: string }>('select key from attempts order by key')).map(({ key }) => key);
const failure = new Error('the work failed');
const fail = () => Promise.reject(failure);

/** Runs the work in a transaction that is rolled back. */
const undone = (work: (tx: EntityManager) => Promise<unknown>) =>
  expect(transaction(source.manager, (tx) => work(tx).then(fail))).rejects.toBe(failure);

const WRITES: Record<string, (key: string) => Promise<unknown>> = {
  'Repository.save': (key) => attempts.save(row(key)),
  'Repository.insert': (key) => attempts.insert(row(key)),
  'Repository.upsert': (key) => attempts.upsert(row(key), ['key']),
  'BaseRepository.insertOne': (key) => source.getRepository(Attempt).insertOne(row(key)),
  'Repository.query': (key) => attempts.query(INSERT, [key]),
  'EntityManager.save': (key) => source.manager.save(Attempt, row(key)),
  'EntityManager.query': (key) => source.manager.query(INSERT, [key]),
  'DataSource.query': (key) => source.query(INSERT, [key]),
  'a query builder': (key) => attempts.createQueryBuilder().insert().values(row(key)).execute(),
  'a new EntityManager': (key) => source.createEntityManager().insert(Attempt, row(key)),
  'execute()': (key) => execute(source.manager, INSERT, [key]),
  'transaction() in transaction()': (key) => transaction(source.manager, () => attempts.insert(row(key))),
  'DataSource.transaction': (key) => source.transaction((tx) => tx.insert(Attempt, row(key))),
  'EntityManager.transaction with an isolation level': (key) =>
    source.manager.transaction('SERIALIZABLE', () => attempts.insert(row(key))),
  'a query runner': async (key) => {
    const runner = source.createQueryRunner();
    await runner.connect();
    await runner.query(INSERT, [key]);
    await runner.release();
  },
  'a transaction of a query runner': async (key) => {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.manager.insert(Attempt, row(key));
    await runner.commitTransaction();
    await runner.release();
  },
  'a query runner with await using': async (key) => {
    await using runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query(INSERT, [key]);
  },
};

const READS: Record<string, (key: string) => Promise<unknown>> = {
  'Repository.findOneBy': (key) => attempts.findOneBy({ key }),
  'Repository.find': (key) => attempts.find({ where: { key } }).then(([found]) => found),
  'a compiled read': (key) => source.getRepository(Attempt).where('key = :key').one({ key }),
  'a query builder': (key) => attempts.createQueryBuilder('a').where({ key }).getOne(),
  'DataSource.query': (key) =>
    source.query<object[]>('select * from attempts where key = $1', [key]).then(([found]) => found),
};

describe.each(Object.entries(WRITES))('%s', (_name, write) => {
  it('joins the current transaction', async () => {
    await undone(async () => {
      await write('a');
      expect(await attempts.existsBy({ key: 'a' })).toBe(true);
      expect(await keys()).toEqual([]);
    });
    expect(await keys()).toEqual([]);
  });

  it('commits by itself outside a transaction', async () => {
    await write('a');
    expect(await keys()).toEqual(['a']);
  });
});

const TRANSACTIONS: Record<string, (work: () => Promise<unknown>) => Promise<unknown>> = {
  'DataSource.transaction': (work) => source.transaction(work),
  'DataSource.transaction with an isolation level': (work) => source.transaction('SERIALIZABLE', work),
  'EntityManager.transaction': (work) => source.manager.transaction(work),
  'EntityManager.transaction with an isolation level': (work) => source.manager.transaction('SERIALIZABLE', work),
  'transaction()': (work) => transaction(source.manager, work),
};

it.each(Object.entries(TRANSACTIONS))('%s is the current transaction of its callback', async (_name, begin) => {
  await expect(begin(() => attempts.insert(row('a')).then(fail))).rejects.toBe(failure);
  expect(await keys()).toEqual([]);
});

it.each(Object.entries(READS))('%s sees the uncommitted changes of the current transaction', async (_name, read) => {
  await undone(async () => {
    await attempts.insert(row('a'));
    expect(await read('a')).toMatchObject({ key: 'a' });
  });
  expect(await read('a')).toBeFalsy();
});

describe('a nested transaction', () => {
  it('can be rolled back without the outer transaction', async () => {
    await transaction(source.manager, async () => {
      await attempts.insert(row('outer'));
      await undone(() => attempts.insert(row('inner')));
      await expect(source.transaction(() => source.query('select 1 / 0'))).rejects.toThrow('division by zero');
      await attempts.insert(row('later'));
    });
    expect(await keys()).toEqual(['later', 'outer']);
  });

  it('waits for a concurrent nested transaction, so that neither rolls back the other', async () => {
    await transaction(source.manager, async () => {
      const bad = transaction(source.manager, async () => {
        await attempts.insert(row('bad'));
        await source.query('select pg_sleep(0.05)');
        throw failure;
      });
      const good = transaction(source.manager, () => attempts.insert(row('good')));
      await expect(Promise.allSettled([bad, good])).resolves.toMatchObject([
        { status: 'rejected' },
        { status: 'fulfilled' },
      ]);
    });
    expect(await keys()).toEqual(['good']);
  });

  it('cannot commit or roll back the outer transaction', async () => {
    await undone(async () => {
      const runner = source.createQueryRunner();
      await expect(runner.commitTransaction()).rejects.toThrow('Transaction is not started yet');
      await expect(runner.rollbackTransaction()).rejects.toThrow('Transaction is not started yet');
      await runner.release();
      await attempts.insert(row('a'));
    });
    expect(await keys()).toEqual([]);
  });
});

describe('work outside the transaction', () => {
  it('is kept if the transaction fails', async () => {
    await undone(async () => {
      await attempts.insert(row('in'));
      await outsideTransaction(() => attempts.insert(row('out')));
      await attempts.insert(row('in again'));
    });
    expect(await keys()).toEqual(['out']);
  });

  it('may be a separate transaction', async () => {
    await undone(() =>
      outsideTransaction(() => transaction(source.manager, () => attempts.insert(row('out')))).then(() =>
        attempts.insert(row('in')),
      ),
    );
    expect(await keys()).toEqual(['out']);
  });
});

const gate = () => {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('work that continues after its transaction has ended', () => {
  it('does not join the next transaction on the same connection', async () => {
    const single = await connect(1); // so that the next transaction uses the same connection
    const { open, opened } = gate();
    let late!: Promise<unknown>;
    await transaction(single.manager, async () => {
      late = opened.then(() => single.getRepository(Attempt).insert(row('late')));
    });
    const next = transaction(single.manager, async () => {
      await single.getRepository(Attempt).insert(row('next'));
      open();
      await single.query('select pg_sleep(0.05)');
      throw failure;
    });
    await expect(next).rejects.toBe(failure);
    await late;
    expect(await keys()).toEqual(['late']);
    await single.destroy();
  });

  it.each<[string, (from: DataSource) => Promise<unknown>]>([
    ['TypeORM', (from) => from.getRepository(Attempt).insert(row('late'))],
    ['execute()', (from) => execute(from.manager, INSERT, ['late'])],
  ])('is refused if the transaction was rolled back: by %s', async (_name, write) => {
    const { open, opened } = gate();
    let late!: Promise<unknown>;
    await undone(async () => {
      late = opened.then(() => write(source));
    });
    open();
    await expect(late).rejects.toThrow('The transaction was rolled back and cannot be used any more');
    expect(await keys()).toEqual([]);
  });
});

it('another data source has separate transactions', async () => {
  const other = await connect(1);
  await undone(() =>
    transaction(other.manager, async () => {
      await other.getRepository(Attempt).insert(row('other'));
      await attempts.insert(row('one'));
    }),
  );
  expect(await keys()).toEqual(['other']);
  await other.destroy();
});
