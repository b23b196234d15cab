import { checkStale, renewedStatement } from './stale-statements.js';

const STATEMENT = { name: 'aerie_abc', text: 'select 1' };
/** The error of a prepared statement that does not exist. */
const unknown = () => Object.assign(new Error('prepared statement does not exist'), { code: '26000' });

it('a statement has another name and text after one was stale, and the same ones until the next is', () => {
  expect(renewedStatement(STATEMENT)).toBe(STATEMENT);
  checkStale(unknown(), STATEMENT.name, 0);
  const first = renewedStatement(STATEMENT);
  expect([first.name, first.text]).toEqual([
    expect.stringMatching(/^aerie_abc\.\d+$/),
    expect.stringMatching(/^select 1 \/\* \d+ \*\/$/),
  ]);
  checkStale(unknown(), STATEMENT.name, 0); // sent before the first was renewed
  checkStale(unknown(), undefined, 0);
  expect(renewedStatement(STATEMENT)).toBe(first);
  checkStale(unknown(), first.name, 0);
  const second = renewedStatement(STATEMENT);
  expect([STATEMENT.text, first.text]).not.toContain(second.text);
  expect(second.name).not.toBe(first.name);
});
