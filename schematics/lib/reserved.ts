/**
 * Words that PostgreSQL does not allow as names of tables or columns without quotes (its documentation, appendix C),
 * and names of functions.
 */
const SQL =
  'all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except exists false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using values variadic verbose when where window with';

/** Words that JavaScript does not allow as names of variables. */
const JAVASCRIPT =
  'abstract arguments await boolean break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static string super switch symbol this throw true try typeof undefined var void while with yield async of number object';

/** Names of types that the generated or compiled code needs, and of TypeORM's own table. */
const TYPES = 'array bigint date infinity migration promise record';

const WORDS: ReadonlySet<string> = new Set([SQL, JAVASCRIPT, TYPES].flatMap((words) => words.split(' ')));
const COLUMNS: ReadonlySet<string> = new Set(SQL.split(' '));

/** Returns whether a resource cannot have this name, in the singular or the plural. */
export const isReserved = (name: string) => WORDS.has(name);

/** Columns that every row has, values that are never stored unchanged, and properties that all objects have. */
const FIELDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['cmax', 'cmin', 'ctid', 'tableoid', 'xmax', 'xmin'].map((name) => [name, 'every PostgreSQL table has it']),
  ),
  id: 'every row has it',
  created_at: 'every row has it',
  version: 'every row has it',
  user_id: 'it refers to the owner of the row: use --owner',
  password: 'passwords must not be stored as plain text',
  constructor: 'every object has it',
  prototype: 'every class has it',
};

/** Returns why a field cannot have this name, or undefined if it can. */
export function whyNoField(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name)) return 'use lower-case words such as vat_number';
  if (name.length > 24) return 'it is too long: 24 characters at most';
  return FIELDS[name] ?? (COLUMNS.has(name) ? 'it is a reserved word of SQL' : undefined);
}
