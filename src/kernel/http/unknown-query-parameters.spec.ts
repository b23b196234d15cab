import 'reflect-metadata';
import type { Contract } from './contract.js';
import { IsSort, PageQuery } from './page-query.dto.js';
import { unknownParametersWarning } from './unknown-query-parameters.js';

class ThingQuery extends PageQuery {
  @IsSort('id')
  sort?: string | null;
}

const contract = {
  operationId: 'listThings',
  inputs: [
    { from: 'query', model: ThingQuery, optional: false },
    { from: 'query value', name: 'kind', required: false },
  ],
} as unknown as Contract;

const told = (search: string) => unknownParametersWarning({ url: `/things${search}` }, contract);

it.each(['', '?', '?page=1', '?sort=id&kind=x&count=true&limit=5', '?page=1&page=2'])(
  'returns no warning for %j',
  (search) => {
    expect(told(search)).toBeUndefined();
  },
);

it.each([
  ['?staus=paid', '"staus"'],
  ['?page=1&a=1&b=2&a=3', '"a", "b"'],
  ['?Page=1', '"Page"'],
  ['?page[]=1', '"page[]"'],
  ['?', undefined],
  ['?=1', '""'],
  ['?__proto__=1', '"__proto__"'],
  ['?a%0Ab=1', '"a\\nb"'],
  ['?%1B%5B2J=1', '"\\u001b[2J"'],
  ['?%E2%80%AE=1', '"\\u202e"'],
  ['?%F0%9F%98%80=1', '"\\ud83d\\ude00"'],
  ['?%7F=1', '"\\u007f"'],
  ['?"a"=1', '"\\"a\\""'],
  ['?ann@example.com', '"ann@example.com"'],
])('lists the unknown parameters, quoted and escaped: %s', (search, names) => {
  expect(told(search)).toBe(names && `listThings ignores unknown query parameters: ${names}`);
});

it('the warning never contains a value', () => {
  expect(told('?password=Secret1&token=abc')).not.toMatch(/Secret1|abc/);
});

it('the warning has a limited length, however long the query is', () => {
  const many = Array.from({ length: 500 }, (_, i) => `${'n'.repeat(200)}${i}=1`).join('&');
  expect(told(`?${many}`)!.length).toBeLessThan(1000);
  expect(told(`?${many}`)).toMatch(/…"|\\u2026/);
});
