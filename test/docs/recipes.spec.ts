import { readdirSync, readFileSync } from 'node:fs';
import { blocksOf, documents } from './documents.js';

const MAX_LINES = 42;

const recipes = documents().find(({ path }) => path === 'docs/recipes.md')!;
const shown = blocksOf(recipes).filter(({ language }) => language === 'ts');
const names = readdirSync('test/recipes').filter((name) => !name.endsWith('.e2e-spec.ts'));
const tests = readdirSync('test/recipes')
  .filter((name) => name.endsWith('.e2e-spec.ts'))
  .map((name) => readFileSync(`test/recipes/${name}`, 'utf8'))
  .join('\n');

/** Returns the file that a block shows, from the line above it. */
const fileOf = (introduction: string) => /^\[`(test\/[\w./-]+)`\]\(\.\.\/\1\):$/.exec(introduction)?.[1];

it('docs/recipes.md shows every recipe exactly once', () => {
  const files = shown.map(({ introduction }) => fileOf(introduction));
  const expected = [...names.map((name) => `test/recipes/${name}`), 'test/docs/overrides.e2e-spec.ts'];
  expect(new Set(files)).toEqual(new Set(expected));
  expect(files).toHaveLength(expected.length);
  expect(names.length).toBeGreaterThanOrEqual(20);
});

it.each(shown.map(({ introduction, text }) => [fileOf(introduction), text]))(
  'docs/recipes.md shows the current content of %s',
  (file, text) => {
    expect(text).toBe(readFileSync(file!, 'utf8').replaceAll(`'../../src/`, `'../`));
  },
);

it.each(names)('%s is short and has a test', (name) => {
  const lines = readFileSync(`test/recipes/${name}`, 'utf8').split('\n');
  expect(lines.filter((line) => line !== '').length).toBeLessThanOrEqual(MAX_LINES);
  expect(tests).toContain(`'${name.replace(/\.ts$/, '')}'`);
  expect(tests).toMatch(new RegExp(`(?:describe|it)\\('${name.replace(/\.ts$/, '')}\\b`));
});

it('docs/recipes.md explains how to try each recipe', () => {
  const sections = recipes.text.split('\n## ').slice(1);
  expect(sections.filter((section) => !/^Try it: /m.test(section))).toEqual([]);
});
