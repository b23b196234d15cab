// Counts which operations answered with which statuses, over all test files of a run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const COVERAGE_FOLDER = join(import.meta.dirname, '../../../.data/test-coverage');

/** Returns the sum of what the test files of a run have seen. */
export function readCoverage(folder = COVERAGE_FOLDER) {
  const seen = new Map();
  const documented = new Set();
  for (const name of readdirSync(folder)) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const key of file.documented) documented.add(key);
    for (const [key, count] of Object.entries(file.seen)) seen.set(key, (seen.get(key) ?? 0) + count);
  }
  return { seen, documented };
}

/** Returns the documented statuses that no test has seen. (An undocumented status fails the test that sees it.) */
export function neverSeen({ seen, documented }) {
  return [...documented].filter((key) => !seen.has(key)).toSorted((a, b) => a.localeCompare(b));
}
