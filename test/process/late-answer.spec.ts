import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'late-answer.mjs');

it('an undeclared response from a callback fails its request, not the process', () => {
  const output = execFileSync(process.execPath, [PROGRAM], { encoding: 'utf8' });
  expect(output.trim().split('\n')).toEqual(['failed first', 'destroyed', 'alive']);
});
