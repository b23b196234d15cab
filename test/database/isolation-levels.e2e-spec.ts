import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Caller } from '../../src/kernel/access/access.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import type { Item } from '../../src/items/item.entity.js';
import { anItem } from '../support/factories.js';
import { anOwner } from '../support/subjects.js';
import type { Actor } from '../support/world.js';

type Level = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
type Way = (source: DataSource, level: Level) => Promise<string>;

const levelOf = async (db: { query(sql: string): Promise<unknown> }) =>
  ((await db.query('show transaction_isolation')) as [{ transaction_isolation: string }])[0].transaction_isolation;

/** Ways to begin a transaction with an isolation level. Each returns the level that it has. */
const WAYS: Record<string, Way> = {
  'DataSource.transaction': (source, level) => source.transaction(level, levelOf),
  'EntityManager.transaction': (source, level) => source.manager.transaction(level, levelOf),
  'a nested transaction': (source, level) =>
    source.transaction(level, (tx) => tx.transaction((inner) => inner.transaction(level, levelOf))),
  'a query runner': async (source, level) => {
    const runner = source.createQueryRunner();
    try {
      await runner.startTransaction(level);
      const found = await levelOf(runner);
      await runner.commitTransaction();
      return found;
    } finally {
      await runner.release();
    }
  },
  'a second attempt, after the first one was caught': async (source, level) => {
    await source.transaction(level, levelOf).catch(() => undefined);
    return levelOf(source);
  },
};

let source: AerieDataSource;
let admin: Actor;
let item: { readonly id: number };
let seen: string;
let way: Way = () => Promise.reject(new Error('No way is chosen'));

beforeAll(async () => {
  source = await new AerieDataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool },
    installExtensions: false,
    extra: { max: 4 },
  }).initialize();
  const app = await startApp({
    providers: {
      ItemsService: (own) => {
        const items = own.getRepository<Item>('Item');
        const patch = async (_caller: Caller, id: number) => {
          await items.increment({ id }, 'stock', 1);
          seen = await way(own, 'SERIALIZABLE');
          return items.findOneByOrFail({ id });
        };
        return { patch };
      },
    },
  });
  admin = (await anOwner('admin')).at(app.url);
});

afterAll(() => source.destroy());

beforeEach(async () => {
  seen = '';
  item = await anItem({ stock: 5 });
});

describe.each(Object.entries(WAYS))('a transaction with an isolation level by %s', (_name, chosen) => {
  const HEADERS: Record<string, () => Record<string, string>> = {
    'an idempotency key': () => ({ 'Idempotency-Key': randomUUID() }),
    'a precondition': () => ({ 'If-Match': '"1"' }),
    both: () => ({ 'Idempotency-Key': randomUUID(), 'If-Match': '"1"' }),
  };

  it.each(Object.keys(HEADERS))('has that level in a request with %s, which has its effect once', async (name) => {
    way = chosen;
    const { status, body } = await admin.patch(`/items/${item.id}`, { stock: 1 }).set(HEADERS[name]!());
    expect([status, body.stock, seen]).toEqual([200, 6, 'serializable']);
  });

  it.each<Level>(['REPEATABLE READ', 'SERIALIZABLE'])('has the level %s inside transaction()', async (level) => {
    expect(await transaction(source.manager, () => chosen(source, level))).toBe(level.toLowerCase());
  });

  it('has at least that level inside a stricter transaction', async () => {
    const inside = () => chosen(source, 'READ COMMITTED');
    expect(await source.transaction('REPEATABLE READ', inside)).toBe('repeatable read');
  });
});

it('a query runner that has begun with a level can begin nested transactions with it', async () => {
  const runner = source.createQueryRunner();
  await runner.startTransaction('SERIALIZABLE');
  const nested = () => runner.manager.transaction('SERIALIZABLE', levelOf);
  expect(await runner.manager.transaction(nested)).toBe('serializable');
  await runner.rollbackTransaction();
  await runner.release();
});

it('a stricter level inside a transaction that is not retried is an error, even if it is caught', async () => {
  const inside = source.transaction(() => source.transaction('SERIALIZABLE', levelOf).catch(() => undefined));
  await expect(inside).rejects.toThrow(/SERIALIZABLE inside .* READ COMMITTED: .*outer/);
});
