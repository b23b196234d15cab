import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lostTokens } from '../generator/edits.ts';

const folder = mkdtempSync(join(tmpdir(), 'aerie-tokens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['/** Throws aNotFound. */\nf(1);', '/** Throws aNotFound, aTaken. */\nf(1, 2);', []],
  ['/** Throws aNotFound. */\nf(1);', '/** Throws aTaken. */\nf(1);', ['a.ts: aNotFound']],
  ['// One.\nf(1);', '// Two.\nf(1);', ['a.ts: // One.']],
  ['f(one, 2);', 'f(2, one);', ['a.ts: 2']],
])('what an added field must not remove from a file: %j → %j', (text, now, lost) => {
  writeFileSync(join(folder, 'a.ts'), now);
  expect(lostTokens(folder, [{ path: 'a.ts', text, kept: [] }])).toEqual(lost);
});
