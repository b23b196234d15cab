import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { eventually } from '../support/factories.js';
import { nestWith } from './client.js';

const nest = nestWith<string[]>('typeorm/kittens');

const CHANGES = [
  'softDelete',
  'restore',
  'softRemove',
  'recover',
  'increment',
  'decrement',
  'cascade',
  'cascade from the other side',
  'preload',
  'nested transactions',
  'transactions at once',
  'a change that nothing waits for',
];

const ALL = `
  select (select json_agg(k order by id) from nest_kittens k) as kittens, (select json_agg(t order by id) from nest_toys t) as toys`;

async function aKitten(name: string): Promise<number> {
  const deletedAt = name === 'restore' || name === 'recover' ? new Date() : null;
  const [kitten] = await query<{ id: number }>(
    'insert into nest_kittens (name, deleted_at) values ($1, $2) returning id',
    [name, deletedAt],
  );
  await query(`insert into nest_toys (name, kitten_id) values ('old', $1)`, [kitten!.id]);
  return kitten!.id;
}

describe('a change by TypeORM', () => {
  it('is tested in all ways of the feature', () => {
    expect(nest.probe).toEqual(CHANGES);
  });

  describe.each(CHANGES)('with %s', (name) => {
    it.each(['alone', 'with an idempotency key'])(
      'is refused if If-Match is stale, and changes nothing: %s',
      async (how) => {
        const id = await aKitten(name);
        const before = await query(ALL);
        const patch = nest.patch(`/kittens/${id}`).set('If-Match', '"7"');
        const { status } = await (how === 'alone' ? patch : patch.set('Idempotency-Key', randomUUID()));
        expect(status).toBe(412);
        expect(await query(ALL)).toEqual(before);
      },
    );

    it('is done once with an idempotency key and If-Match, however often it is sent', async () => {
      const id = await aKitten(name);
      const key = randomUUID();
      const send = () => nest.patch(`/kittens/${id}`).set('If-Match', '"1"').set('Idempotency-Key', key);
      const first = await send();
      expect(first.status).toBe(200);
      const after = await query(ALL);
      const again = await send();
      expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([200, first.body, 'true']);
      expect(await query(ALL)).toEqual(after);
      const [{ version }] = (await query<{ version: number }>('select version from nest_kittens where id = $1', [
        id,
      ])) as [{ version: number }];
      expect(version).toBeGreaterThan(1);
    });
  });
});

async function toysOf(name: string): Promise<string[]> {
  const found = await query<{ name: string }>(`select name from nest_toys where name like $1 order by name`, [
    `%${name}`,
  ]);
  return found.map((toy) => toy.name);
}

describe('an insert by TypeORM with an idempotency key', () => {
  it('stores the rows of relations and of subscribers once', async () => {
    const [name, key] = [`early-${randomUUID()}`, randomUUID()];
    const send = () => nest.post(`/kittens/${name}`).set('Idempotency-Key', key);
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect(await toysOf(name)).toEqual([`event ${name}`, `own ${name}`, `toy ${name}`]);
  });

  it.each(['with', 'without'])('stores what nothing waits for, %s a key', async (how) => {
    const [name, key] = [`late-${randomUUID()}`, randomUUID()];
    const send = () => {
      const sent = nest.post(`/kittens/${name}`);
      return how === 'with' ? sent.set('Idempotency-Key', key) : sent;
    };
    expect((await send()).status).toBe(200);
    if (how === 'with') expect((await send()).status).toBe(200);
    const expected = ['event', 'first', 'own', 'second', 'third', 'toy', 'transaction'].map(
      (part) => `${part} ${name}`,
    );
    const isDone = async () => ((await toysOf(name)).length >= expected.length ? true : undefined);
    await eventually(isDone);
    expect(await toysOf(name)).toEqual(expected);
  });
});
