import { join } from 'node:path';

interface Table {
  readonly name: string;
  readonly triggers: number;
  readonly read: number;
  readonly inserted: number;
}

interface State {
  readonly locks: readonly (readonly [number, string])[];
  readonly tables: Map<number, Table>;
  readonly partitioned: readonly string[];
}

interface Copies {
  readonly CopiedTables: new (
    found: (sentence: string, statement: string) => void,
    sizes: Map<number, number>,
  ) => { used: Set<string>; begin(): void; judge(statement: string, before: State, after: State): void };
}

const { CopiedTables } = (await import(join(process.cwd(), 'scripts/rehearse/copied-tables.mjs'))) as Copies;

type Given = Partial<Table> & { readonly isLocked?: boolean };

/** The state after a statement: the table 1, if it exists, the table 2, and the names of partitioned tables. */
function stateOf(mails: Given | undefined, copy: Given = {}, partitioned: readonly string[] = []): State {
  const table = (given: Given) => ({ name: 'copy', triggers: 0, read: 0, inserted: 0, ...given });
  const tables = new Map([[2, table(copy)]]);
  if (mails !== undefined) tables.set(1, table({ name: 'mails', ...mails }));
  return { locks: mails?.isLocked ? [[1, 'ShareLock']] : [], tables, partitioned };
}

const COPIED = { inserted: 100 };
const READ = { read: 100 };

/** Judges the changes between these states. Returns the statements that were found: the numbers of the changes. */
function found(states: readonly State[], used = ['mails']): string[] {
  const all: string[] = [];
  const copies = new CopiedTables((_sentence, statement) => all.push(statement), new Map([[1, 100]]));
  copies.used = new Set(used);
  copies.begin();
  for (const [at, after] of states.slice(1).entries()) copies.judge(String(at + 1), states[at]!, after);
  return all;
}

it.each([
  ['dropped', [stateOf({}), stateOf(READ, COPIED), stateOf(undefined, COPIED), stateOf(undefined, { name: 'mails' })]],
  [
    'renamed',
    [
      stateOf({}),
      stateOf(READ, COPIED),
      stateOf({ ...READ, name: 'old' }, COPIED),
      stateOf({ name: 'old' }, { name: 'mails' }),
    ],
  ],
  ['partitioned now', [stateOf({}), stateOf(READ, COPIED), stateOf(undefined), stateOf(undefined, {}, ['mails'])]],
])('finds a table that is replaced by its copy: it is %s', (_about, states) => {
  expect(found(states)).toEqual(['2']);
  expect(found(states, [])).toEqual([]); // no build uses it
});

it.each([
  [
    'locked',
    [stateOf({ isLocked: true }), stateOf(READ, COPIED), stateOf(undefined), stateOf(undefined, { name: 'mails' })],
  ],
  [
    'written to both by a trigger',
    [
      stateOf({}),
      stateOf({ triggers: 1 }),
      stateOf({ ...READ, triggers: 1 }, COPIED),
      stateOf(undefined),
      stateOf(undefined, { name: 'mails' }),
    ],
  ],
  ['a view now', [stateOf({}), stateOf(READ, COPIED), stateOf({ name: 'old' })]],
  ['only read', [stateOf({}), stateOf(READ), stateOf(undefined), stateOf(undefined, { name: 'mails' })]],
  [
    'read in part',
    [stateOf({}), stateOf({ read: 9 }, COPIED), stateOf(undefined), stateOf(undefined, { name: 'mails' })],
  ],
])('accepts a table that is %s', (_about, states) => {
  expect(found(states)).toEqual([]);
});
