import type { EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';
import type { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { Attempt } from '../../src/users/attempt.entity.js';
import { query } from '../support/database.js';
import { fail, failure, keys, row, singleConnection } from './attempts.js';

// What an error that is caught in a transaction does, and what subscribers see of transactions.

let source: AerieDataSource;

beforeAll(async () => (source = await singleConnection()));
afterAll(() => source.destroy());
beforeEach(() => query('delete from attempts'));

const insert = (key: string) => source.getRepository(Attempt).insert(row(key));

describe('a failed statement whose error is caught', () => {
  it('makes its transaction fail, instead of committing nothing', async () => {
    const work = transaction(source.manager, async () => {
      await insert('a');
      await insert('a').catch(() => {});
    });
    await expect(work).rejects.toThrow(/rolled everything back.*transaction\(\)/);
    expect(await keys()).toEqual([]);
  });

  it('in a nested transaction makes only that one fail', async () => {
    await transaction(source.manager, async (tx) => {
      await insert('a');
      const nested = tx.transaction(() => insert('a').catch(() => {}));
      await expect(nested).rejects.toThrow();
      await insert('b');
    });
    expect(await keys()).toEqual(['a', 'b']);
  });

  it('runs its transaction again if it was a conflict', async () => {
    let runs = 0;
    await transaction(source.manager, async (tx) => {
      await insert(`run ${++runs}`);
      const conflict = "do $$ begin raise exception 'conflict' using errcode = '40001'; end $$";
      if (runs === 1) await tx.query(conflict).catch(() => {});
    });
    expect(await keys()).toEqual(['run 2']);
  });
});

/** Runs `work` with a subscriber. */
async function subscribed(subscriber: EntitySubscriberInterface, work: () => Promise<unknown>): Promise<void> {
  source.subscribers.push(subscriber);
  await work().finally(() => source.subscribers.splice(source.subscribers.indexOf(subscriber)));
}

const refusedQuery = ({ queryRunner }: { queryRunner: QueryRunner }) => queryRunner.query('select 1');

const threeRows = () =>
  transaction(source.manager, async (tx) => {
    await insert('a');
    await source.transaction(() => insert('b'));
    await tx.transaction((inner) => inner.insert(Attempt, row('c')));
  });

describe('a subscriber', () => {
  it('that fails before a rollback leaves no transaction on the connection', async () => {
    const work = () => transaction(source.manager, () => insert('a').then(fail));
    await expect(subscribed({ beforeTransactionRollback: refusedQuery }, work)).rejects.toBe(failure);
    await insert('b');
    expect(await keys()).toEqual(['b']);
  });

  it('gets the data of a save inside a transaction', async () => {
    const seen: unknown[] = [];
    const beforeInsert = ({ queryRunner }: { queryRunner: QueryRunner }) => void seen.push(queryRunner.data);
    const data = { author: 7 };
    await subscribed({ beforeInsert }, () =>
      transaction(source.manager, () => source.manager.save(Attempt, row('a'), { data })),
    );
    expect(seen).toEqual([data]);
  });

  it('is called once for a transaction with nested ones, when it was committed', async () => {
    const seen: Promise<string[]>[] = [];
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit: (_event: TransactionCommitEvent) => void seen.push(keys()),
    };
    await subscribed(subscriber, threeRows);
    expect(await Promise.all(seen)).toEqual([['a', 'b', 'c']]);
  });
});
