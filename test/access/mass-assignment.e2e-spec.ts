import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { bodyWith, fieldsOf, OPERATIONS, send, type Operation } from '../support/operations.js';
import { anOwner, holdJobs, rolesOf, subjectOf } from '../support/subjects.js';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** A value for a column: as JSON, and as PostgreSQL would store it. */
interface Mark {
  readonly value: unknown;
  readonly stored: string;
}

const same = (value: unknown): Mark => ({ value, stored: String(value) });
const WORD = 'tell-tale';
const DATE = '1987-06-05';

/** By type: values that occur nowhere else in the database, except for booleans. */
const MARKS: Readonly<Record<string, readonly Mark[]>> = {
  smallint: [same(31_987)],
  integer: [same(1_987_654_321)],
  bigint: [same(1_987_654_321)],
  numeric: [same(1_987_654_321)],
  'double precision': [same(1_987_654_321)],
  boolean: [same(true), same(false)],
  text: [same(WORD)],
  'character varying': [same(WORD)],
  'USER-DEFINED': [same(WORD)], // an enum that lacks this value
  uuid: [same('19876543-2101-4234-8567-890123456789')],
  bytea: [{ value: WORD, stored: Buffer.from(WORD).toString('hex') }],
  json: [{ value: { mark: WORD }, stored: WORD }],
  jsonb: [{ value: { mark: WORD }, stored: WORD }],
  ARRAY: [{ value: [WORD], stored: WORD }],
  pg_lsn: [same('7/65432198')],
  date: [{ value: DATE, stored: DATE }],
  'timestamp with time zone': [{ value: `${DATE}T12:00:00.000Z`, stored: DATE }],
};
const IN_NO_ANSWER = new RegExp(`${WORD}|${DATE}|1987654321|19876543-2101|7/65432198`);

let columns: Column[];
/** By column name: values that would do harm. */
let harmful: Record<string, Mark>;

beforeAll(async () => {
  await holdJobs(); // so that no job writes rows
  columns = await query<Column>(
    `select table_name as table, column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name <> 'migrations' order by 1, 2`,
  );
  const [victim, item] = await Promise.all([anOwner(), anItem()]);
  const [theirs, other] = [same(victim.id), same(item.id)];
  harmful = { user_id: theirs, actor_id: theirs, caller_id: theirs, item_id: other };
  for (const [name, value] of [
    ['role', 'admin'],
    ['status', 'paid'],
    ['scope', 'write'],
    ['format', 'ndjson'],
  ] as const)
    harmful[name] = same(value);
});

/**
 * Returns a mark for each column that the body does not name. If a column name has several types, each round uses
 * another one.
 */
function marksFor(operation: Operation, round: number): Map<string, Mark> {
  const named = fieldsOf(operation);
  const marks = new Map<string, Mark>();
  for (const { name } of columns.filter((column) => !named.includes(column.name))) {
    const types = new Set(columns.filter((column) => column.name === name).map(({ type }) => type));
    const candidates = [...types].flatMap((type) => MARKS[type]!);
    marks.set(name, (round === 1 ? harmful[name] : undefined) ?? candidates[round % candidates.length]!);
  }
  return marks;
}

/** Returns, for each column, the number of rows that have its mark. */
async function taken(marks: Map<string, Mark>): Promise<Record<string, number>> {
  const looks = columns
    .filter(({ name }) => marks.has(name))
    .map(({ table, name, type }) => {
      const stored = `'${marks.get(name)!.stored}'`;
      const found = /^(?:json|ARRAY|bytea|text|char|time|date)/.test(type)
        ? `position(${stored} in "${name}"::text) > 0`
        : `"${name}"::text = ${stored}`;
      return `select '${table}.${name}' as column, count(*)::int as rows from ${table} where ${found}`;
    });
  const found = await query<{ column: string; rows: number }>(looks.join(' union all '));
  return Object.fromEntries(found.map(({ column, rows }) => [column, rows]));
}

/** Sends a valid body with these extra fields. Returns the answer, and how many more rows have a mark afterwards. */
async function effectOf(operation: Operation, marks: Map<string, Mark>, extra: Record<string, unknown>) {
  const owner = await anOwner('user');
  const caller = rolesOf(operation)[0] === 'admin' ? await anOwner('admin') : owner;
  const sample = await subjectOf(operation, owner);
  const before = await taken(marks);
  const answer = await send(caller, operation, { ...sample, body: bodyWith(operation, sample.body, extra) });
  const after = await taken(marks);
  const more = Object.entries(after).map(([column, rows]) => [column, rows - before[column]!] as const);
  return { answer, more: Object.fromEntries(more.filter(([, rows]) => rows !== 0)) };
}

const CASES = OPERATIONS.filter((operation) => fieldsOf(operation).length > 0).map(
  (operation) => [operation.key, operation] as const,
);

it('these tests cover every operation that accepts fields, and every column type', () => {
  expect(CASES.length).toBeGreaterThan(25);
  expect(columns.length).toBeGreaterThan(100);
  const unmarked = columns
    .filter(({ type }) => !(type in MARKS))
    .map(({ table, name, type }) => `${table}.${name}: ${type}`);
  expect(unmarked).toEqual([]); // to fix: add a value for the type to MARKS above
});

describe.each(CASES)('%s', (_key, operation) => {
  it.each([0, 1])('neither stores nor returns fields that are not in its schema (values %d)', async (round) => {
    const marks = marksFor(operation, round);
    const good = await effectOf(operation, marks, {});
    const extra = Object.fromEntries([...marks].map(([name, { value }]) => [name, value]));
    const { answer, more } = await effectOf(operation, marks, extra);
    expect([answer.status, more]).toEqual([good.answer.status, good.more]);
    expect(good.answer.status).toBeLessThan(300);
    expect(`${answer.text} ${answer.headers['location']}`).not.toMatch(IN_NO_ANSWER);
  });
});
