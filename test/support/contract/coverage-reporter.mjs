// Fails a whole run in which an operation, or a status that it documents, was never seen.
import { mkdirSync, rmSync } from 'node:fs';
import { COVERAGE_FOLDER, neverSeen, readCoverage } from './coverage.mjs';

export default class CoverageReporter {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunStart() {
    rmSync(COVERAGE_FOLDER, { recursive: true, force: true });
    mkdirSync(COVERAGE_FOLDER, { recursive: true });
  }

  onRunComplete(_contexts, { testResults }) {
    const e2e = testResults.filter(({ displayName }) => displayName?.name === 'e2e');
    if (e2e.length === 0 || this.isPartOfTheSuite()) return;
    const coverage = readCoverage();
    const missing = neverSeen(coverage);
    const statuses = coverage.documented.size;
    const operations = new Set([...coverage.documented].map((key) => key.replace(/ \d+$/, ''))).size;
    console.log(
      `Contract: ${operations} operations, ${statuses - missing.length} of ${statuses} documented statuses seen`,
    );
    if (missing.length === 0) return;
    this.error = new Error(
      `Documented, but not covered by any e2e test:\n${missing.map((key) => `  - ${key}`).join('\n')}`,
    );
    console.error(this.error.message);
  }

  /** Returns the error, if any. Jest then exits with 1. */
  getLastError() {
    return this.error;
  }

  isPartOfTheSuite() {
    const { testPathPatterns, testNamePattern, onlyChanged, onlyFailures, findRelatedTests, shard } = this.globalConfig;
    const named = testPathPatterns?.patterns?.length > 0 || Boolean(testNamePattern);
    return named || onlyChanged || onlyFailures || findRelatedTests || shard !== undefined;
  }
}
