import { parseArgs } from 'node:util';
import { parseField, type Field, type Target } from './fields.ts';
import { namesOf, type Names } from './names.ts';
import { Refusal } from './refusal.ts';

const READS = ['public', 'signed-in', 'admin', 'own'] as const;
const WRITES = ['signed-in', 'admin', 'own'] as const;
export type Reads = (typeof READS)[number];
export type Writes = (typeof WRITES)[number];

/** The definition of a resource to generate. */
export interface Definition {
  readonly names: Names;
  readonly fields: readonly Field[];
  readonly search: readonly Field[];
  readonly reads: Reads;
  readonly writes: Writes;
  /** Whether each row belongs to the account that created it. */
  readonly owned: boolean;
}

/** With more fields, PostgreSQL expects so many rows to match that it reads the table instead of the indexes. */
const MOST_SEARCHED = 3;

const OPTIONS = {
  search: { type: 'string', multiple: true },
  reads: { type: 'string' },
  writes: { type: 'string' },
  owner: { type: 'boolean' },
} as const;

/**
 * Parses a definition such as `supplier name:string(2..100) item:items --search name --writes admin --reads public`.
 * Throws a Refusal if it is not valid.
 */
export function parseDefinition(words: readonly string[], targets: readonly Target[]): Definition {
  const { positionals, values } = parsed(words);
  const [name, ...texts] = positionals;
  if (name === undefined)
    throw new Refusal('The resource has no name: give its name and its fields, such as supplier name:string(2..100)');
  const names = namesOf(name);
  if (texts.length === 0) throw new Refusal(`${name} has no fields: add at least one, such as name:string(2..100)`);
  const own = ownTarget(names, values.owner === true);
  const fields = texts.map((text) => parseField(text, [...targets, own]));
  const properties = fields.flatMap(({ name, target }) => (target ? [name, name.replace(/_id$/, '')] : [name]));
  const twice = properties.find((property, at) => properties.indexOf(property) < at);
  if (twice !== undefined) throw new Refusal(`The field ${twice} is defined twice`);
  const definition = { names, fields, search: searchOf(fields, values.search?.join(',')), ...accessOf(values) };
  refuseHiddenTargets(definition);
  const first = fields.find(({ target, nullable }) => target === own && !nullable);
  if (first) throw new Refusal(`${first.name}: the first ${names.words} has no other row to refer to: add ?`);
  return definition;
}

/** Splits a line into words. `(US, DE)` and texts in quotes stay in one word. */
export function wordsOfLine(line: string): string[] {
  return [...line.matchAll(/(?:\([^)]*\)|"[^"]*"|'[^']*'|[^\s"'(])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}

/** Returns the resource itself as a target, because its rows may refer to each other. */
function ownTarget({ Class, table, path, file, variable }: Names, owned: boolean): Target {
  const notFound = { name: `${variable}NotFound`, file: `src/${path}/${path}.errors.ts` };
  return { Class, table, folder: path, file: `src/${path}/${file}.entity.ts`, notFound, owned };
}

function parsed(words: readonly string[]) {
  const { tokens, ...given } = parsedOptions(words);
  const names = tokens.flatMap((token) => (token.kind === 'option' && token.name !== 'search' ? [token.name] : []));
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new Refusal(`--${twice} is given twice`);
  return given;
}

function parsedOptions(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split(/\.\s/)[0]!}: use --search, --reads, --writes or --owner`);
  }
}

function searchOf(fields: readonly Field[], text: string | undefined): Field[] {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  const found = names.map((name) => {
    const field = fields.find((one) => one.name === name);
    if (!field) throw new Refusal(`--search "${name}": there is no such field`);
    if (!['string', 'text', 'email'].includes(field.kind))
      throw new Refusal(`--search ${name}: only fields of type string, text and email can be searched`);
    return field;
  });
  if (found.length > MOST_SEARCHED)
    throw new Refusal(
      `--search can name at most ${MOST_SEARCHED} fields: with more, PostgreSQL would read the whole table`,
    );
  if (new Set(found).size < found.length) throw new Refusal('--search names a field twice');
  if (found.length > 0 && found.every(({ kind }) => kind === 'text'))
    throw new Refusal(
      '--search also needs a string or email field: words of one or two letters are not searched in text fields',
    );
  return found;
}

function accessOf({ reads, writes, owner = false }: { reads?: string; writes?: string; owner?: boolean }) {
  const read = reads ?? (owner ? 'own' : 'signed-in');
  const write = writes ?? (owner ? 'own' : 'admin');
  if (!READS.some((one) => one === read)) throw new Refusal(`--reads must be one of ${READS.join(', ')}`);
  if (!WRITES.some((one) => one === write)) throw new Refusal(`--writes must be one of ${WRITES.join(', ')}`);
  if (!owner && (read === 'own' || write === 'own')) throw new Refusal('The value own requires --owner');
  if (owner && write !== 'own') throw new Refusal('With --owner, only the owner and admins can write: omit --writes');
  if (owner && read === 'admin') throw new Refusal('With --owner, the owner must be able to read: use --reads own');
  return { reads: read as Reads, writes: write as Writes, owned: owner };
}

/** Refuses references to rows that the writer may not see: with a reference they could find out that a row exists. */
function refuseHiddenTargets({ fields, writes }: Definition): void {
  for (const { name, target } of fields) {
    if (target === undefined) continue;
    if (target.notFound === undefined)
      throw new Refusal(`${name}: ${target.folder} has no error for a missing row (${target.folder}/*.errors.ts)`);
    if (target.owned && writes !== 'admin')
      throw new Refusal(`${hiddenTarget(name, target).message}: use --writes admin`);
  }
}

/** Returns the refusal of a reference to rows that belong to accounts, if others than admins may write it. */
export const hiddenTarget = (name: string, { folder }: Target) =>
  new Refusal(`${name}: rows of ${folder} belong to accounts, so only admins may refer to all of them`);
