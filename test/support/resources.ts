import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Made, Resource, Rows } from './resource.js';
import { fileOf } from './undeclared.js';

const ROOT = join(import.meta.dirname, '../..');

const LONGEST_LOAD_MS = 20_000;

/** All of them, by their files. */
export const RESOURCES: ReadonlyMap<string, Resource> = new Map(
  await Promise.all(globSync('test/**/*.resource.ts', { cwd: ROOT }).toSorted().map(load)),
);

async function load(path: string): Promise<[string, Resource]> {
  const name = path.split(sep).join('/');
  const late = sleep(LONGEST_LOAD_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${name} imports what waits for it: test/support/resources.ts, or what imports that`);
  });
  const { default: resource } = (await Promise.race([import(join(ROOT, path)), late])) as { default: Resource };
  return [name, resource];
}

/** The resource of a tag of the document. */
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

/** The tables whose rows are made by values alone, those that others refer to first. */
export const ROWS: readonly Rows[] = Object.values(SUBJECTS)
  .filter(isRows)
  .toSorted((one, other) => depthOf(one) - depthOf(other));

function depthOf({ values }: Rows): number {
  const text = Object.values(values).join(' ');
  const below = Object.values(SUBJECTS).filter((one) => isRows(one) && text.includes(`from ${one.table}`)) as Rows[];
  return Math.max(0, ...below.map((one) => depthOf(one) + 1));
}

/** A statement that adds rows; `numbers` is a query for their `i` and `owner`, `first` the id of row 0 where it is to be told. */
export function insertion({ table, values }: Rows, numbers: string, first?: number): string {
  const columns = first === undefined ? values : { id: `${first} + i`, ...values };
  const expressions = Object.values(columns).join(', ');
  return `insert into ${table} (${Object.keys(columns).join(', ')}) select ${expressions} from (${numbers}) numbered`;
}
