import type { Response } from 'supertest';
import { FIRST_ID } from '../support/large-data.js';
import { linksOf } from '../support/links.js';
import type { Operation, Parameter, Sample } from '../support/operations.js';
import { FILTERS } from '../support/resources.js';

/** PostgreSQL plans a prepared statement five times for its values, and may then use one generic plan. */
export const ROUNDS = 7;
/** A page in the middle of every list of 20,000 rows. */
const MIDDLE = 100;
/**
 * Values for query parameters that several resources have, or whose rows are not made from values alone. The search
 * texts match all rows of a list, some or none; single letters match many. A text that matches some rows reads either
 * its matches or the list up to the end of the page.
 */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  page: ['3'],
  limit: ['100'],
  after: [`${FIRST_ID + 15_000}.15000`],
  before: [`${FIRST_ID + 15_000}.15000`],
  count: ['false'],
  active: ['true', 'false'],
  bom: [],
  search: [
    'EXAMPLE',
    'hing',
    'abc1',
    'erson1234',
    'Nobody',
    'e',
    '1',
    'thing a',
    'abc1 thing hing',
    'hing nobody in of thing',
  ],
  user_id: [`${FIRST_ID + 7}`, '1'],
  created_from: ['2026-01-05T00:00:00Z', '2020-01-01', '2036-01-01'],
  created_to: ['2026-01-05T00:00:00Z', '2020-01-01', '2036-01-01'],
  kind: ['welcome-mail', 'order-confirmation', 'no-kind'],
  state: ['created', 'completed', 'failed'],
  actor_id: [`${FIRST_ID}`, '1'],
  action: ['filled', 'nothing'],
  subject: [`users/${FIRST_ID}`, 'users/0'],
  request_id: ['request-7', 'nothing'],
  from: ['2026-01-05T00:00:00Z', '2020-01-01', '2036-01-01'],
  to: ['2026-01-05T00:00:00Z', '2020-01-01', '2036-01-01'],
};

/**
 * Returns the values to try: those of the resource, else all sort orders, choices or documented examples. Returns none
 * for a required parameter, which the sample has.
 */
export function valuesOf({ name, schema, example, required }: Parameter): readonly string[] {
  if (required) return [];
  if (name === 'sort') return ordersOf(schema).concat(String(example));
  const told = FILTERS[name] ?? VALUES[name];
  if (told) return told;
  return (schema.enum ?? (schema.type === 'boolean' ? [true, false] : [example ?? []].flat())).map(String);
}

/** Returns the sort orders: each column of the pattern, in both directions. */
function ordersOf({ pattern = '' }: Parameter['schema']): string[] {
  const [, columns = ''] = /^\^-\?\(\?:([\w|]+)\)/.exec(pattern) ?? [];
  return columns.split('|').flatMap((column) => [column, `-${column}`]);
}

/** Cursors are valid for one sort order only. */
const OF_ONE_ORDER = new Set(['after', 'before']);
const ORDERING = new Set(['sort', 'created_from', 'created_to']);
const fit = (one: string, other: string) =>
  one !== other && !(OF_ONE_ORDER.has(one) && ORDERING.has(other)) && !(OF_ONE_ORDER.has(other) && ORDERING.has(one));

/** Parameters of prepared statements. With others, PostgreSQL plans a list for its values each time. */
const PREPARED = new Set(['page', 'limit', 'after', 'before', 'active', 'kind', 'state']);

/**
 * Returns the sample with each value of each parameter and with each pair of them. Repeats those with prepared
 * statements until PostgreSQL may use a generic plan.
 */
export function probesOf({ parameters = [] }: Operation, sample: Sample): Sample[] {
  const given = parameters.flatMap((one) => valuesOf(one).map((value) => [one.name, value] as const));
  const pairs = given.flatMap((one, i) => given.slice(i + 1).map((other) => [one, other] as const));
  const kept = given.filter(([name]) => PREPARED.has(name)).map((one) => [one]);
  const often = Array.from({ length: ROUNDS }, () => [[], ...kept]).flat();
  const queries = [...often, ...given.map((one) => [one]), ...pairs.filter(([[name], [other]]) => fit(name, other))];
  return queries.map((query) => withQuery(sample, Object.fromEntries(query)));
}

/**
 * Returns requests for pages in the middle of each sort order, in both directions, with each value of the other
 * parameters.
 */
export async function middlesOf(
  operation: Operation,
  sample: Sample,
  get: (path: string) => PromiseLike<Response>,
): Promise<Sample[]> {
  const { parameters = [] } = operation;
  const others = parameters.filter(({ name }) => !['page', 'after', 'before', 'sort'].includes(name));
  const given = others.flatMap((one) => valuesOf(one).map((value) => ({ [one.name]: value })));
  const orders = parameters.filter(({ name }) => name === 'sort').flatMap(valuesOf);
  const middles = orders.map(async (sort) => {
    const { next, prev } = linksOf(await get(`${sample.path}?sort=${sort}&limit=100&page=${MIDDLE}`));
    const cursors = [next, prev].map((link) => Object.fromEntries(new URL(link ?? '/', 'http://a').searchParams));
    return cursors.flatMap(({ after, before }) => {
      const at = after === undefined ? { sort, before } : { sort, after };
      return [{}, ...given].map((one) => withQuery(sample, { ...at, ...one }));
    });
  });
  return (await Promise.all(middles)).flat();
}

const withQuery = (sample: Sample, query: object): Sample => ({ ...sample, query: { ...sample.query, ...query } });
