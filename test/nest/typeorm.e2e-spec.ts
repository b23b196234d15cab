import { nestWith } from './client.js';

const nest = nestWith<string[]>('typeorm/typeorm');
const post = async (path: string) => {
  const { status, body } = await nest.post(`/rows/${path}`);
  return [status, body as unknown];
};

describe('a Repository of TypeOrmModule.forFeature()', () => {
  it('creates, finds, updates and removes rows', async () => {
    expect(await post('crud')).toEqual([
      201,
      { age: 4, tags: ['a', 'b'], version: 2, affected: 1, name: 'Thomas', grown: 14, left: 0 },
    ]);
  });

  it('notifies subscribers', () => {
    expect(nest.probe).toContain('Tom');
  });

  it('supports relations, counts, joins and SQL statements', async () => {
    expect(await post('relations')).toEqual([
      201,
      { cats: ['Kit', 'Ren'], rows: ['Ren'], total: 2, built: ['Kit of Ada', 'Ren of Ada'], raw: 1 },
    ]);
  });

  it('soft-deletes and restores rows', async () => {
    expect(await post('softly')).toEqual([201, { gone: null, back: 'Ghost' }]);
  });

  it('upserts rows', async () => {
    expect(await post('upserted')).toEqual([201, { kept: 1 }]);
  });

  it('can be extended with a class or with extend()', async () => {
    const { body } = await nest.get('/rows/custom');
    expect(body).toEqual({ name: 'Old', created: expect.stringMatching(/^\d{4}-/) });
    const extended = nest.app.get<{ named: (name: string) => Promise<object[]> }>('EXTENDED');
    expect(await extended.named('Old')).toHaveLength(1);
  });
});

describe('a transaction', () => {
  it.each(['runner', 'callback'])('with a %s saves both rows or neither', async (kind) => {
    expect(await post(`${kind}?fail=true`)).toEqual([201, { kept: 0 }]);
    expect(await post(`${kind}?fail=false`)).toEqual([201, { kept: 2 }]);
  });
});

describe('a database error', () => {
  it('does not reveal its SQL statement', async () => {
    if (nestStock) expectServerErrors();
    const { status, text } = await nest.post('/rows/duplicate');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/insert into|nest_owners|Twice/i);
  });
});
