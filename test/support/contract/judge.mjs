// Checks every answer of the applications under test. An invalid answer fails the test that is running.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Contract } from './check.mjs';
import { COVERAGE_FOLDER } from './coverage.mjs';
import { watchAnswers } from './watch.mjs';

const contracts = new Map(); // schemas are compiled once per Jest worker

export class Judge {
  problems = [];
  seen = {};
  documented = [];
  expectedServerErrors = 0;

  /**
   * Checks every answer of a server against this document. `logs` are its log lines, which explain failures. `options`
   * are those of Contract.
   */
  watch(server, document, { logs = [], ...options } = {}) {
    const contract = contractOf(document, options);
    if (!options.plain) this.documented = contract.documented(); // features do not count towards coverage
    watchAnswers(server, (answer) => this.judge(contract, answer, logs));
  }

  /** Counts the 500s of a server that has no document. */
  countServerErrors(server) {
    watchAnswers(server, (answer) => this.judge({ problemsOf: () => ({ problems: [] }) }, answer));
  }

  /** Expects `count` answers with status 500 before the test ends. */
  expectServerErrors(count = 1) {
    this.expectedServerErrors += count;
  }

  judge(contract, answer, logs = []) {
    const { problems, key } = contract.problemsOf(answer);
    if (key !== undefined) this.seen[key] = (this.seen[key] ?? 0) + 1;
    if (answer.status === 500 && --this.expectedServerErrors < 0)
      problems.push(`the server failed, and no test expects it${reasonOf(answer, logs)}`);
    this.problems.push(...problems.map((problem) => `${nameOf(answer)}: ${problem}`));
  }

  /** Handles Jest's events: a problem that occurs before the end of a test, including its hooks, fails that test. */
  handle(event, state) {
    if (event.name === 'test_done') event.test.errors.push(...this.takeErrors());
    if (event.name === 'run_finish') state.unhandledErrors.push(...this.takeErrors());
  }

  /** Returns the problems since the last call, as at most one error. */
  takeErrors() {
    const problems = this.problems.splice(0);
    if (this.expectedServerErrors > 0)
      problems.push(`${this.expectedServerErrors} expected server error(s) did not occur`);
    this.expectedServerErrors = 0;
    if (problems.length === 0) return [];
    const error = new Error(
      `Responses differ from the OpenAPI document:\n${[...new Set(problems)].map((line) => `  - ${line}`).join('\n')}`,
    );
    error.stack = error.message; // the stack would not show the cause
    return [error];
  }

  /** Writes the coverage file for the reporter. Throws if there are problems that no test has reported. */
  finish(name) {
    mkdirSync(COVERAGE_FOLDER, { recursive: true });
    const { seen, documented } = this;
    writeFileSync(join(COVERAGE_FOLDER, `${name}.json`), JSON.stringify({ seen, documented }));
    const [error] = this.takeErrors();
    if (error) throw error;
  }
}

function contractOf(document, options) {
  const text = JSON.stringify(document);
  const key = JSON.stringify(options) + text;
  const contract = contracts.get(key) ?? new Contract(JSON.parse(text), options);
  contracts.set(key, contract);
  return contract;
}

/** Returns the error message that the log has for the request. */
function reasonOf({ headers }, logs) {
  const id = headers['x-request-id'];
  const line = logs.findLast(({ request_id, err }) => request_id === id && err !== undefined);
  return line === undefined ? '' : `: ${line.err.message}`;
}

function nameOf({ method, url, status, unparsed }) {
  return unparsed ? `(no HTTP) → ${status}` : `${method} ${url.slice(0, 200)} → ${status}`;
}
