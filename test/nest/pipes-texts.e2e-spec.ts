import { nestWith } from './client.js';

const card = { title: 'x', link: 'https://example.com', day: '2026-01-31', at: '2026-01-31T09:30:00Z', code: 'abc' };

/** Skipped on stock Nest: it has no validation pipe here, and no list of errors. */
(nestStock ? describe.skip : describe)('a DTO of a documented route', () => {
  const nest = nestWith('pipes/texts');
  const errors = async (body: object) => {
    const answer = await nest.post('/cards').send(body);
    const { detail } = answer.body as { detail: { loc: unknown[]; msg: string; type: string }[] };
    return detail.map(({ loc, msg, type }) => [loc.slice(1).join('.'), type, msg]);
  };

  it('can declare a string field with any string validator', async () => {
    const { status, body } = await nest.post('/cards').send(card);
    expect([status, (body as { json: string }).json]).toEqual([200, expect.stringContaining('"isDate":true')]);
    expect((await nest.post('/cards/changes').send({ title: 'y' })).status).toBe(200);
    expect(await errors({ ...card, title: '', link: 'x', day: 'soon', at: 'soon' })).toEqual([
      ['title', 'value_error', 'Value error, title should not be empty'],
      ['link', 'value_error', 'Value error, link must be a URL address'],
      ['day', 'value_error', 'Value error, day must be a valid ISO 8601 date string'],
      ['at', 'datetime_from_date_parsing', expect.any(String)],
    ]);
    expect(await errors({ ...card, title: 7 })).toEqual([['title', 'string_type', 'Input should be a valid string']]);
  });

  it('can have validators with custom messages', async () => {
    const bad = { ...card, code: 'a', count: 0, labels: ['long'] };
    expect(await errors(bad)).toEqual([
      ['code', 'value_error', 'Value error, code: between 3 and 5'],
      ['count', 'value_error', 'Value error, at least one, not 0'],
      ['labels.0', 'value_error', 'Value error, a short label'],
    ]);
    expect(await errors({ ...card, count: 'x', labels: ['a', 'b'] })).toEqual([
      ['count', 'value_error', 'Value error, count whole ones'],
      ['labels', 'value_error', 'Value error, one label'],
    ]);
    expect(await errors({ ...card, count: 10 })).toEqual([
      ['count', 'less_than_equal', 'Input should be less than or equal to 9'],
    ]);
  });

  it('is documented with the types that it accepts', () => {
    const { components } = nest.document as unknown as {
      components: { schemas: Record<string, { properties: Record<string, object> }> };
    };
    const { title, at } = components.schemas['CardDto']!.properties;
    expect(title).toMatchObject({ type: 'string', maxLength: 9 });
    expect(at).toMatchObject({ type: 'string', format: 'date-time' });
  });
});
