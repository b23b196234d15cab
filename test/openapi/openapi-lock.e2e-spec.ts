import { readFileSync } from 'node:fs';
import { unannounced } from './release-notes.js';
import type { Node } from '../support/schema-forms.js';

const read = (path: string) => readFileSync(path, 'utf8');
const parse = (text: string) => JSON.parse(text) as Node;

it('openapi.json is what is served (otherwise: npm run openapi, and read the difference)', async () => {
  const response = await fetch(`${baseUrl}/openapi.json`);
  const served = `${JSON.stringify(await response.json(), null, 2)}\n`;
  expect(served).toBe(read('openapi.json'));
});

it('what breaks callers of the last release is announced by version and changelog', () => {
  expect(unannounced(parse(read('openapi.released.json')), parse(openapi), read('CHANGELOG.md'))).toEqual([]);
});
