import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Made, Resource, Rows } from './resource.js';
import { fileOf } from './undeclared.js';

const ROOT = join(import.meta.dirname, '../..');

const LONGEST_LOAD_MS = 120_000;

/** All resources by file. */
export const RESOURCES: ReadonlyMap<string, Resource> = new Map(
  await Promise.all(globSync('test/**/*.resource.ts', { cwd: ROOT }).toSorted().map(load)),
);

async function load(path: string): Promise<[string, Resource]> {
  const name = path.split(sep).join('/');
  const late = sleep(LONGEST_LOAD_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${name} must not import test/support/resources.ts, directly or through another file`);
  });
  const { default: resource } = (await Promise.race([import(join(ROOT, path)), late])) as { default: Resource };
  return [name, resource];
}

/** Returns the resource of a tag of the document. */
export const resourceOf = (tag: string) => RESOURCES.get(fileOf(tag, RESOURCES));

const all = [...RESOURCES.values()];
const merged = <T>(of: (resource: Resource) => Readonly<Record<string, T>> | undefined) =>
  Object.assign({}, ...all.map(of)) as Readonly<Record<string, T>>;

export const ACCESS = merged(({ access }) => access);
export const SUBJECTS = merged(({ subjects }) => subjects);
export const SHOWN = merged(({ shows }) => shows);
export const FILTERS = merged(({ filters }) => filters);

export function isRows(subject: Rows | Made): subject is Rows {
  return 'values' in subject;
}

/** Sorts parameters that name rows: rows that other rows refer to come first. */
export const inOrder = (names: readonly string[]) =>
  names.toSorted((one, other) => depthOf(SUBJECTS[one]!) - depthOf(SUBJECTS[other]!));

/** The kinds of rows that are made from values alone, in that order. */
export const ROWS: readonly Rows[] = inOrder(Object.keys(SUBJECTS))
  .map((name) => SUBJECTS[name]!)
  .filter(isRows);

function depthOf(subject: Rows | Made): number {
  if (!isRows(subject)) return 0;
  const below = Object.values(SUBJECTS).filter((one) => isReferredToBy(subject, one));
  return Math.max(0, ...below.map((one) => depthOf(one) + 1));
}

/** Whether the values of a row select a row of the other kind. */
function isReferredToBy({ table, values }: Rows, other: Rows | Made): boolean {
  const text = `${Object.values(values).join(' ')} `;
  return other.table !== table && new RegExp(`from ${other.table}\\b`).test(text);
}

/** Returns the kinds of rows that a row of this kind needs, in the order in which they can be inserted. */
export function neededBy(rows: Rows): readonly Rows[] {
  const direct = ROWS.filter((one) => isReferredToBy(rows, one));
  const all = new Set([...direct, ...direct.flatMap(neededBy)]);
  return ROWS.filter((one) => all.has(one));
}

/**
 * Returns a statement that adds rows. `numbers` is a query for their `i` and `owner`. `first` is the id of row 0, if
 * ids are set explicitly.
 */
export function insertion({ table, values }: Rows, numbers: string, first?: number): string {
  const columns = first === undefined ? values : { id: `${first} + i`, ...values };
  const expressions = Object.values(columns).join(', ');
  return `insert into ${table} (${Object.keys(columns).join(', ')}) select ${expressions} from (${numbers}) numbered`;
}
