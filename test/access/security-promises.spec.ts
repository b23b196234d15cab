import { textFiles } from '../support/sources.js';

/** The number of level 1 and 2 requirements in each section of ASVS 5.0. Those of level 3 come last in a section. */
const REQUIREMENTS = `V1.1 2, V1.2 9, V1.3 11, V1.4 3, V1.5 2, V2.1 3, V2.2 3, V2.3 4, V2.4 1, V4.1 3, V4.2 1, V4.3 2, V4.4 4,
V6.1 3, V6.2 12, V6.3 4, V6.4 4, V6.5 5, V6.6 3, V6.8 4, V7.1 3, V7.2 4, V7.3 2, V7.4 5, V7.5 2, V7.6 2, V8.1 2, V8.2 3,
V8.3 1, V8.4 1, V9.1 3, V9.2 4, V10.1 2, V10.2 2, V10.3 4, V10.4 11, V10.5 5, V10.6 2, V10.7 3, V11.1 2, V11.2 3, V11.3 3,
V11.4 4, V11.5 1, V11.6 1, V12.1 3, V12.2 2, V12.3 4, V13.1 1, V13.2 5, V13.3 2, V13.4 5, V14.1 2, V14.2 4, V14.3 3,
V15.1 3, V15.2 3, V15.3 7, V16.1 1, V16.2 5, V16.3 4, V16.4 3, V16.5 3`;

const files = textFiles();
const text = files.find(({ path }) => path === 'SECURITY.md')!.text;
const tests = new Set(
  files
    .filter(({ path }) => path.endsWith('spec.ts'))
    .map(({ path }) =>
      path
        .split('/')
        .at(-1)!
        .replace(/[.]?(?:e2e-)?spec\.ts$/, ''),
    ),
);
/** The cells of all table rows, except for the table of ciphers, which makes no promises. */
const rows = text
  .replace(/## Cryptography[^]*?(?=\n## )/, '')
  .split('\n')
  .filter((line) => /^\| (?!Promise|Risk|Finding|Requirement)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

const numbered = (from: string, to: number) => {
  const [, section, first] = /^(.+?)(\d+)$/.exec(from)!;
  return Array.from({ length: to - Number(first) + 1 }, (_, i) => `${section}${Number(first) + i}`);
};

/** Returns the ids in a range: `V4.3.1–V4.3.2` are two. */
function expanded(cell: string): string[] {
  const [first, last = first] = cell.split('–') as [string, string?];
  return numbered(first, Number(last.split('.').at(-1)));
}

it('each row of SECURITY.md names its tests, a reason why it does not apply, or a deviation', () => {
  expect(rows.length).toBeGreaterThan(200);
  expect(
    rows.filter((cells) => !/^(?:held: `[\w.-]+`(?:, `[\w.-]+`)*$|n\/a: .|deviation: .)/.test(cells.at(-1)!)),
  ).toEqual([]);
});

it('each test that SECURITY.md names exists', () => {
  const named = rows.flatMap((cells) => [...cells.at(-1)!.matchAll(/`([\w.-]+)`/g)].map(([, name]) => name!));
  expect([...new Set(named)].filter((name) => !tests.has(name))).toEqual([]);
});

it('SECURITY.md lists each ASVS requirement of levels 1 and 2 exactly once, in order', () => {
  const sections = REQUIREMENTS.split(/,\s/).map((section) => section.split(' ') as [string, string]);
  const wanted = sections.flatMap(([section, count]) => numbered(`${section}.1`, Number(count)));
  const told = rows.filter(([first]) => /^V\d/.test(first!)).flatMap(([first]) => expanded(first!));
  expect(told).toEqual(wanted);
});

it('SECURITY.md lists all findings and all risks of the OWASP API Security Top 10', () => {
  const firsts = rows.map(([first]) => first!.split(' ')[0]!);
  expect(firsts.filter((first) => /^F\d/.test(first))).toEqual(numbered('F1', 21));
  expect(firsts.filter((first) => /^API\d/.test(first))).toEqual(numbered('API1', 10));
});
