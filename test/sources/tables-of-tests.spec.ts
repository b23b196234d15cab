import { textFiles } from '../support/sources.js';

/** Tests whose databases do not have the tables of the project. */
const EMPTY = /^test\/(?:rehearsal|embedded-postgres)\/|^test\/recipes\/services\./;
const CREATED = /\bcreate table (?:if not exists )?(\w+(?!\w|\.))/gi;

const tests = textFiles('test').filter(({ path }) => path.endsWith('.e2e-spec.ts') && !EMPTY.test(path));

it('tables that tests create have names that no resource has: test_…', () => {
  const created = tests.flatMap(({ path, text }) => [...text.matchAll(CREATED)].map(([, name]) => `${path}: ${name}`));
  expect(created.length).toBeGreaterThan(5);
  expect(created.filter((one) => !/: test_/.test(one))).toEqual([]);
});
