import type { EntityManager, QueryRunner } from 'typeorm';
import type { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { repositoryOf } from '../../src/kernel/database/base.repository.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { Attempt } from '../../src/users/attempt.entity.js';
import { query } from '../support/database.js';
import { fail, failure, keys, row, singleConnection } from './attempts.js';

// Work that the code of a transaction does not wait for, or does not end.

let source: AerieDataSource;

beforeAll(async () => (source = await singleConnection()));
afterAll(() => source.destroy());
beforeEach(() => query('delete from attempts'));
afterEach(async () => {
  const [state] = await source.query<{ n: string }[]>('select pg_current_xact_id_if_assigned() as n');
  expect(state).toEqual({ n: null }); // no transaction is left on the connection
});

const insert = (key: string) => source.getRepository(Attempt).insert(row(key));
const pause = () => source.query('select pg_sleep(0.05)');

/** `save` of a row with an id: it selects the row before it inserts it. */
const save = (key: string, db: EntityManager = source.manager) => db.save(Attempt, row(key));

describe('a nested transaction that its transaction does not wait for', () => {
  it('is a part of it, and is committed with it', async () => {
    await transaction(source.manager, async () => {
      await insert('outer');
      void source.transaction(async (tx) => {
        await pause();
        await tx.insert(Attempt, row('inner'));
      });
    });
    expect(await keys()).toEqual(['inner', 'outer']);
  });

  it('may begin another one', async () => {
    await transaction(source.manager, async () => {
      void source.transaction(async () => {
        await pause();
        void source.transaction(() => pause().then(() => insert('inner')));
      });
    });
    expect(await keys()).toEqual(['inner']);
  });

  it('has no effect if the outer one fails meanwhile', async () => {
    let inner!: Promise<unknown>;
    const outer = transaction(source.manager, async () => {
      await insert('outer');
      inner = source.transaction(() => pause().then(() => insert('inner')));
      inner.catch(() => {});
      await fail();
    });
    await expect(outer).rejects.toBe(failure);
    await expect(inner).rejects.toThrow('was rolled back');
    expect(await keys()).toEqual([]);
  });

  it('has no effect if another one fails', async () => {
    const both = () =>
      Promise.all([source.transaction(fail), source.transaction(() => pause().then(() => insert('b')))]);
    await expect(transaction(source.manager, both)).rejects.toBe(failure);
    expect(await keys()).toEqual([]);
  });
});

describe('a write that goes on while its transaction fails', () => {
  const WRITES: Record<string, (tx: EntityManager) => Promise<unknown>> = {
    'without the manager': () => save('late'),
    'with the manager': (tx) => save('late', tx),
    "with a query runner's manager": () => save('late', source.createQueryRunner().manager),
    'with a compiled statement': (tx) =>
      tx.query('select 1').then(() => repositoryOf(tx, Attempt).insertOne(row('late'))),
  };

  describe.each(Object.entries(WRITES))('%s', (_name, write) => {
    it('has no effect', async () => {
      let late!: Promise<unknown>;
      const work = transaction(source.manager, async (tx) => {
        await insert('first');
        late = write(tx);
        late.catch(() => {});
        await fail();
      });
      await expect(work).rejects.toBe(failure);
      await expect(late).rejects.toThrow('was rolled back');
      expect(await keys()).toEqual([]);
    });

    it('has no effect if it is a nested transaction', async () => {
      let late!: Promise<unknown>;
      await transaction(source.manager, async (outer) => {
        const inner = outer.transaction(async (tx) => {
          late = write(tx);
          late.catch(() => {});
          await fail();
        });
        await expect(inner).rejects.toBe(failure);
      });
      await expect(late).rejects.toThrow(/was rolled back|already released/);
      expect(await keys()).toEqual([]);
    });
  });
});

describe('a write that goes on after its transaction was committed', () => {
  it('is done on another connection', async () => {
    let late!: Promise<unknown>;
    await transaction(source.manager, async () => {
      await insert('first');
      late = save('late');
    });
    await late;
    expect(await keys()).toEqual(['first', 'late']);
  });

  it('is refused if it uses the manager of the transaction', async () => {
    let kept!: EntityManager;
    await transaction(source.manager, async (tx) => (kept = tx));
    await expect(repositoryOf(kept, Attempt).insertOne(row('late'))).rejects.toThrow(/released/);
    expect(await keys()).toEqual([]);
  });
});

/** Begins a transaction of a query runner, and inserts a row. */
const begin = async (): Promise<QueryRunner> => {
  const runner = source.createQueryRunner();
  await runner.startTransaction();
  await runner.query(`insert into attempts (key, count, since) values ('runner', 1, now())`);
  return runner;
};

it('a query runner that goes on after the commit can begin a transaction', async () => {
  let later!: QueryRunner;
  await transaction(source.manager, async () => {
    later = source.createQueryRunner();
    await insert('a');
  });
  await later.manager.transaction((tx) => tx.insert(Attempt, row('b')));
  await later.release();
  expect(await keys()).toEqual(['a', 'b']);
});

describe('a query runner whose transaction is not ended', () => {
  it('rolls it back when it is released', async () => {
    await transaction(source.manager, async () => {
      await insert('outer');
      await (await begin()).release();
    });
    expect(await keys()).toEqual(['outer']);
  });

  it('does not keep the outer transaction from its rollback', async () => {
    await expect(transaction(source.manager, () => begin().then(fail))).rejects.toBe(failure);
    expect(await keys()).toEqual([]);
  });

  it('does not keep the outer transaction from its commit', async () => {
    await transaction(source.manager, async () => {
      await insert('outer');
      await begin();
    });
    expect(await keys()).toContain('outer');
  });

  it('fails if it overlaps with another one', async () => {
    const overlapping = transaction(source.manager, async () => {
      const [one, two] = [await begin(), source.createQueryRunner()];
      await two.startTransaction();
      await insert('two');
      await one.rollbackTransaction();
      await two.commitTransaction();
    });
    await expect(overlapping).rejects.toThrow('savepoint');
    expect(await keys()).toEqual([]);
  });
});
