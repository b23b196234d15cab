// The globals that specs use: describe, it, expect and the hooks. Only the part of Jest that they need.
import { expect } from 'expect';

const LONGEST_TEST_MS = 30_000;
const HOOKS = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];

let current;

class Suite {
  beforeAll = [];
  beforeEach = [];
  afterEach = [];
  afterAll = [];
  /** Tests and suites in the order of their declaration. */
  parts = [];

  constructor(id, parent) {
    Object.assign(this, { id, parent });
  }

  /** Returns the full name of a part, and an id that no other part of this suite has. */
  nameFor(name) {
    const id = `${this.id} ${name}`;
    const same = this.parts.filter((part) => part.name === id).length;
    return { name: id, id: same ? `${id} #${same + 1}` : id };
  }

  tests() {
    return this.parts.flatMap((part) => (part instanceof Suite ? part.tests() : [part]));
  }

  /** Returns the hooks of this kind for each of its tests, those of the outermost suite first. */
  hooks(kind) {
    return [...(this.parent?.hooks(kind) ?? []), ...this[kind]];
  }
}

function describe(name, body) {
  const suite = Object.assign(new Suite('', current), current.nameFor(name));
  current.parts.push(suite);
  current = suite;
  body();
  current = suite.parent;
}

function it(name, body) {
  current.parts.push({ ...current.nameFor(name), body });
}

/** Jest's `each`: a row is a list of arguments or one argument. Names are not formatted: row values may be random. */
const each = (define) => (rows) => (name, body) => {
  const lists = rows.every((row) => Array.isArray(row)) ? rows : rows.map((row) => [row]);
  for (const values of lists) define(name, () => body(...values));
};

Object.assign(globalThis, { expect, describe, it, test: it });
describe.each = each(describe);
it.each = each(it);
for (const kind of HOOKS) globalThis[kind] = (hook) => current[kind].push(hook);

/** Loads a spec and returns the suite of the tests that it declares. */
export async function suiteOf(spec, load) {
  const suite = (current = new Suite(`${spec}:`));
  await load();
  return suite;
}

/**
 * Runs the wanted tests of a suite with their hooks. Calls `within(id, work)` for each test and for the suite's own
 * hooks; it returns the error, if any. Yields each test with its error. The caller can stop the iteration at any time.
 */
export async function* run(suite, isWanted, within) {
  const tests = suite.tests().filter(({ id }) => isWanted(id));
  if (tests.length === 0) return;
  const error = await within(suite.id, () => callAll(suite.beforeAll));
  try {
    if (error) for (const test of tests) yield { test, error };
    else yield* runParts(suite, isWanted, within);
  } finally {
    await within(suite.id, () => callAll(suite.afterAll));
  }
}

async function* runParts(suite, isWanted, within) {
  for (const part of suite.parts) {
    if (part instanceof Suite) yield* run(part, isWanted, within);
    else if (isWanted(part.id)) yield { test: part, error: await within(part.id, () => runTest(suite, part)) };
  }
}

async function runTest(suite, { body }) {
  try {
    await callAll([...suite.hooks('beforeEach'), body]);
  } finally {
    await callAll(suite.hooks('afterEach').toReversed());
  }
}

async function callAll(bodies) {
  for (const body of bodies) await inTime(body);
}

function inTime(body) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('It takes too long')), LONGEST_TEST_MS);
  });
  return Promise.race([Promise.resolve().then(body), late]).finally(() => clearTimeout(timer));
}
