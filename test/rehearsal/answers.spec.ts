import { join } from 'node:path';

type Answers = ReadonlyMap<string, { status: number; body: unknown }>;

const { differences } = (await import(join(process.cwd(), 'scripts/rehearse/answers.mjs'))) as {
  differences: (former: Answers[], now: Answers) => { why: string }[];
};

const answer = (detail: string): Answers => new Map([['a request', { status: 409, body: { detail } }]]);

/** Returns how many of these detail texts of an error differ from the former ones. */
function changes(one: string, two: string, now: string): number {
  return differences([answer(one), answer(two)], answer(now)).length;
}

it.each([
  ['the same', 'In use', 'In use', 'In use', 0],
  ['another text', 'In use', 'In use', 'Taken', 1],
  ['another number, which was the same before', 'At most 3', 'At most 3', 'At most 4', 1],
  ['another number each time', 'Item 7 is in use', 'Item 8 is in use', 'Item 12 is in use', 0],
  ['another text with another number each time', 'Item 7 is in use', 'Item 8 is in use', 'It is in use', 1],
  ['another text each time', 'a@example.com', 'b@example.com', 'c@example.com', 0],
])('compares messages: %s', (_about, one, two, now, count) => {
  expect(changes(one, two, now)).toBe(count);
});

const list = (...ids: number[]): Answers =>
  new Map([['a list', { status: 200, body: ids.map((id) => ({ id, name: 'Lamp' })) }]]);
const many = Array.from({ length: 20 }, (_, at) => at + 1);

it.each([
  ['the same rows', [7, 8], [7, 8], 0],
  ['a row that is gone', [7, 8], [7], 1],
  ['a row that was there, but not in the list', [7, 8], [7, 8, 9], 1],
  ['a row that was there, in a list that was empty', [], [9], 1],
  ['a row that was created since', [7, 8], [7, 8, 50_000], 0],
  ['another page of a longer list', many, many.with(0, 21), 0],
])('compares lists: %s', (_about, before, now, count) => {
  expect(differences([list(...before), list(...before)], list(...now))).toHaveLength(count);
});
