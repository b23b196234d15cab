import type { Definition } from '../lib/definition.ts';
import type { Field } from '../lib/fields.ts';

const TEXT = 'Desk lamp, warm light, 40 cm high, made of steel, with a switch and a cable of two meters';

/** Returns a text with `min` to `max` characters. */
function fitting(min: number, max: number): string {
  const text = TEXT.slice(0, Math.min(max, Math.max(min, 9))).replace(/ $/, 'x');
  return text.padEnd(min, 'x');
}

/** Returns an example, never 0, which would not be a useful one. */
function number({ kind, min, max }: Field): number {
  const fair = kind === 'cents' ? 2495 : 10;
  if (fair >= min && fair < max) return fair;
  return min + 1 === 0 ? min : min + 1 > max ? min : min + 1;
}

/** Returns the value that the documentation and the tests show, or undefined for a relation. */
export function exampleOf(field: Field): unknown {
  const { kind, min, max, choices } = field;
  const values: Record<Field['kind'], () => unknown> = {
    string: () => fitting(min, max),
    text: () => fitting(min, max),
    email: () => 'grace@example.com',
    url: () => 'https://example.com/lamps',
    uuid: () => '0b9e7c52-4a61-4d0c-8a57-3f2b1c9d8e70',
    int: () => number(field),
    cents: () => number(field),
    boolean: () => true,
    date: () => '2026-01-31',
    datetime: () => '2026-01-31T09:30:00.000Z',
    enum: () => choices[0],
    list: () => Array.from({ length: Math.max(1, min) }, () => 'early'),
    map: () => ({ plan: 'basic' }),
    relation: () => undefined,
  };
  return values[kind]();
}

/** Returns a TypeScript expression for a value that no other row has. */
export function freshOf({ kind, min, max }: Field): string {
  switch (kind) {
    case 'email':
      return '`${randomUUID()}@example.com`';
    case 'url':
      return '`https://example.com/${randomUUID()}`';
    case 'uuid':
      return 'randomUUID()';
    case 'int':
      return `randomInt(${min}, ${max})`;
    default:
      return max >= 36
        ? `randomUUID()${min > 36 ? `.padEnd(${min}, 'x')` : ''}`
        : `randomBytes(24).toString('hex').slice(0, ${max})`;
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Returns an SQL expression for a value of a row. `i` is the number of the row. */
export function sqlValueOf(field: Field, { search, names }: Pick<Definition, 'search' | 'names'>): string {
  const { kind, min, max, unique, target } = field;
  const isSearched = search.some(({ name }) => name === field.name);
  switch (kind) {
    case 'string':
    case 'text':
      return textValue(field, isSearched);
    case 'email':
      return unique ? `'person' || i || '-' || gen_random_uuid() || '@example.com'` : `'person' || i || '@example.com'`;
    case 'url':
      return unique ? `'https://example.com/' || gen_random_uuid()` : quoted(String(exampleOf(field)));
    case 'uuid':
      return 'gen_random_uuid()';
    case 'int':
      return unique ? `(${min} + nextval('${names.table}_id_seq') % ${max - min})::integer` : String(exampleOf(field));
    case 'boolean':
      return 'i % 2 = 0';
    case 'date':
      return `date '2026-01-31'`;
    case 'datetime':
      return `timestamptz '2026-01-31T09:30:00Z'`;
    case 'list':
      return `array[${(exampleOf(field) as string[]).map(quoted).join(', ')}]`;
    case 'map':
      return `'{"plan": "basic"}'`;
    case 'relation':
      return `(select max(id) from ${target!.table})`;
    default:
      return kind === 'enum' ? quoted(String(exampleOf(field))) : String(exampleOf(field));
  }
}

/** Returns an SQL expression, with `SEARCHED` of test/support/resource.ts if it fits. Its texts have 12 characters. */
function textValue(field: Field, isSearched: boolean): string {
  const { min, max, unique } = field;
  if (unique) {
    const value = max >= 20 ? `left('Thing ' || md5(random()::text), ${max})` : `left(md5(random()::text), ${max})`;
    return min > 32 ? `rpad(md5(random()::text), ${min}, 'x')` : value;
  }
  if (!isSearched) return quoted(String(exampleOf(field)));
  if (min > 12) return `rpad(SEARCHED, ${min}, 'x')`;
  return max >= 12 ? 'SEARCHED' : `left(md5(i::text), ${max})`;
}
