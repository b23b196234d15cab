import type { DataSource, Repository } from 'typeorm';
import type { Caller } from '../../src/kernel/access/access.js';
import type { BaseRepository } from '../../src/kernel/database/base.repository.js';
import type { Item } from '../../src/items/item.entity.js';
import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { anOwner } from '../support/subjects.js';
import { anon, type Actor } from '../support/world.js';

type Way = (items: Repository<Item>, id: number, source: DataSource) => Promise<unknown>;

const SET = 'update items set stock = 7 where id = $1';

/** Ways to write a row that bypass Aerie's own. */
const CHANGES: Record<string, Way> = {
  'Repository.save': async (items, id) => items.save(Object.assign(await items.findOneByOrFail({ id }), { stock: 7 })),
  'Repository.save of some columns': (items, id) => items.save({ id, stock: 7 }),
  'Repository.update': (items, id) => items.update({ id }, { stock: 7 }),
  'Repository.upsert': async (items, id) =>
    items.upsert({ ...(await items.findOneByOrFail({ id })), stock: 7 }, { conflictPaths: ['id'] }),
  'Repository.increment': (items, id) => items.increment({ id }, 'stock', 2),
  'Repository.query': (items, id) => items.query(SET, [id]),
  'a query builder': (items, id) => items.createQueryBuilder().update().set({ stock: 7 }).where({ id }).execute(),
  'EntityManager.query': (items, id) => items.manager.query(SET, [id]),
  'EntityManager.transaction': (items, id) => items.manager.transaction((tx) => tx.query(SET, [id])),
  'DataSource.query': (_, id, source) => source.query(SET, [id]),
  'a query runner': async (_, id, source) => {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query(SET, [id]);
    await runner.commitTransaction();
    await runner.release();
  },
  'BaseRepository.updateOne': async (items, id) =>
    (items as BaseRepository<Item>).updateOne(await items.findOneByOrFail({ id }), { stock: 7 }),
};

const DELETIONS: Record<string, Way> = {
  'Repository.delete': (items, id) => items.delete(id),
  'Repository.remove': async (items, id) => items.remove(await items.findOneByOrFail({ id })),
  'a query builder': (items, id) => items.createQueryBuilder().delete().where({ id }).execute(),
  'EntityManager.query': (items) => items.manager.query('delete from items where stock = 5'),
  'BaseRepository.deleteOne': async (items, id) =>
    (items as BaseRepository<Item>).deleteOne(await items.findOneByOrFail({ id })),
};

let change: Way = () => Promise.reject(new Error('No way is chosen'));
let admin: Actor;
let item: { readonly id: number };

beforeAll(async () => {
  const app = await startApp({
    providers: {
      ItemsService: (source) => {
        const items = source.getRepository<Item>('Item');
        return {
          patch: async (_caller: Caller, id: number) => {
            await change(items, id, source);
            return items.findOneByOrFail({ id });
          },
          remove: (_caller: Caller, id: number) => change(items, id, source),
        };
      },
    },
  });
  admin = (await anOwner('admin')).at(app.url);
});

beforeEach(async () => {
  item = await anItem({ stock: 5 });
});

const stored = async () => (await query<Item>('select * from items where id = $1', [item.id]))[0];
const path = () => `/items/${item.id}`;
const patch = (headers: Record<string, string>, to = path()) => admin.patch(to, { stock: 7 }).set(headers);
const gone = { detail: 'The resource has changed since you read it' };

describe.each(Object.entries(CHANGES))('a change with %s', (_name, way) => {
  beforeEach(() => (change = way));

  it.each([{ 'If-Match': '"2"' }, { 'If-Match': 'W/"2"' }, { 'If-None-Match': '"1"' }, { 'If-None-Match': 'W/"1"' }])(
    'is refused with 412 if the precondition fails: %j',
    async (headers) => {
      const before = await stored();
      const answer = await patch(headers as unknown as Record<string, string>);
      expect([answer.status, answer.body]).toEqual([412, gone]);
      expect(await stored()).toEqual(before);
    },
  );

  it.each(['"1"', '*', '"4", "1"', 'W/"1"', '"1-gzip"'])(
    'is done if If-Match matches the version, and returns the new ETag: %s',
    async (tag) => {
      const answer = await patch({ 'If-Match': tag });
      expect([answer.status, answer.headers['etag'], answer.body.stock]).toEqual([200, '"2"', 7]);
      expect(await stored()).toMatchObject({ stock: 7, version: 2 });
      expect((await anon.get(path())).headers['etag']).toBe('"2"');
    },
  );

  it('requires a matching precondition for a PUT', async () => {
    const whole = { name: 'Lamp', price_cents: 1, stock: 7 };
    expect((await admin.put(path(), whole)).status).toBe(428);
    expect((await admin.put(path(), whole).set('If-Match', '"3"')).status).toBe(412);
    expect(await stored()).toMatchObject({ stock: 5, version: 1 });
    expect((await admin.put(path(), whole).set('If-Match', '"1"')).status).toBe(200);
  });
});

describe.each(Object.entries(DELETIONS))('a deletion with %s', (_name, way) => {
  beforeEach(() => (change = way));

  it('is refused if If-Match names another version, and done if it names the current version', async () => {
    const answer = await admin.delete(path()).set('If-Match', '"2"');
    expect([answer.status, answer.body]).toEqual([412, gone]);
    expect(await stored()).toMatchObject({ version: 1 });
    expect((await admin.delete(path()).set('If-Match', '"1"')).status).toBe(204);
    expect(await stored()).toBeUndefined();
  });
});

describe('a precondition', () => {
  it('applies only to the row in the path, not to other rows that the request changes', async () => {
    const other = await anItem();
    await query('update items set stock = 1 where id = $1', [other.id]);
    change = async (items, id) => {
      await items.update({ id: other.id }, { stock: 2 });
      await items.update({ id }, { stock: 7 });
    };
    expect((await patch({ 'If-Match': '"1"' })).status).toBe(200);
  });

  it('is checked once, before the changes of the request itself', async () => {
    change = async (items, id) => {
      await items.update({ id }, { stock: 6 });
      await items.update({ id }, { stock: 7 });
    };
    const answer = await patch({ 'If-Match': '"1"' });
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"3"']);
  });

  it('is checked even if nothing changes', async () => {
    change = async (items, id) => items.save(await items.findOneByOrFail({ id }));
    expect((await patch({ 'If-Match': '"2"' })).status).toBe(412);
    const answer = await patch({ 'If-Match': '"1"' });
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"1"']);
  });

  it.each(['+', '00', '%20'])('is checked with another spelling of the id: %s7', async (spelling) => {
    change = CHANGES['Repository.update']!;
    expect((await patch({ 'If-Match': '"2"' }, `/items/${spelling}${item.id}`)).status).toBe(412);
    expect((await patch({ 'If-Match': '"1"' }, `/items/${spelling}${item.id}`)).status).toBe(200);
  });

  it('does not apply to the next request on the same connection', async () => {
    change = CHANGES['Repository.update']!;
    for (let i = 0; i < 12; i++) await patch({ 'If-Match': '"99"' });
    expect((await patch({})).status).toBe(200);
  });

  it.each<[string, (update: Promise<unknown>) => Promise<unknown>]>([
    ['ignores it', (update) => update.catch(() => {})],
    ['throws another one', (update) => update.catch(() => Promise.reject(new Error('not stored')))],
    ['does not wait for the change', (update) => Promise.resolve(void update.catch(() => {}))],
  ])('is answered with 412 even if the handler catches its error: %s', async (_name, handle) => {
    change = (items, id) => handle(items.update({ id }, { stock: 7 }));
    expect((await patch({ 'If-Match': '"2"' })).status).toBe(412);
    expect(await stored()).toMatchObject({ stock: 5, version: 1 });
  });

  it('rolls back all other changes of the request if it fails', async () => {
    change = async (items, id) => {
      await items.save({ name: 'Beside it', price_cents: 1, stock: 1 });
      await items.update({ id }, { stock: 7 });
    };
    expect((await patch({ 'If-Match': '"2"' })).status).toBe(412);
    expect(await query(`select 1 from items where name = 'Beside it'`)).toEqual([]);
  });
});
