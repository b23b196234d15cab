import { readFileSync } from 'node:fs';
import { unannounced } from './release-notes.js';
import type { Node } from '../support/schema-forms.js';

const read = (path: string) => readFileSync(path, 'utf8');
const parse = (text: string) => JSON.parse(text) as Node;

it('openapi.json matches the served document (otherwise: npm run openapi, and review the difference)', async () => {
  const response = await fetch(`${baseUrl}/openapi.json`);
  const served = `${JSON.stringify(await response.json(), null, 2)}\n`;
  expect(served).toBe(read('openapi.json'));
});

it('breaking changes since the last release are announced by the version and the changelog', () => {
  expect(unannounced(parse(read('openapi.released.json')), parse(openapi), read('CHANGELOG.md'))).toEqual([]);
});
