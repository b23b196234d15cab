// What the test environment does with the answers of its applications: each is judged, and a bad one fails the test that
// runs.
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

  /** Judges every answer of a server by this document; `logs` are its lines, which say why it fails, `options` the Contract's. */
  watch(server, document, { logs = [], ...options } = {}) {
    const contract = contractOf(document, options);
    if (!options.plain) this.documented = contract.documented(); // features have tests of their own
    watchAnswers(server, (answer) => this.judge(contract, answer, logs));
  }

  /** For a server that knows no contract. */
  countServerErrors(server) {
    watchAnswers(server, (answer) => this.judge({ problemsOf: () => ({ problems: [] }) }, answer));
  }

  /** For a test that provokes 500s: so many are to come before it ends. */
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

  /** Jest's events: whatever was wrong up to the end of a test, its hooks included, is that test's failure. */
  handle(event, state) {
    if (event.name === 'test_done') event.test.errors.push(...this.takeErrors());
    if (event.name === 'run_finish') state.unhandledErrors.push(...this.takeErrors());
  }

  /** What is wrong since it was last asked; at most one error. */
  takeErrors() {
    const problems = this.problems.splice(0);
    if (this.expectedServerErrors > 0)
      problems.push(`${this.expectedServerErrors} expected server error(s) did not come`);
    this.expectedServerErrors = 0;
    if (problems.length === 0) return [];
    const error = new Error(
      `Not what the OpenAPI document says:\n${[...new Set(problems)].map((line) => `  - ${line}`).join('\n')}`,
    );
    error.stack = error.message; // whose stack it is says nothing
    return [error];
  }

  /** Leaves what was seen for the reporter. Throws if something is wrong that no test was told. */
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

/** What the log says of the request's failure. */
function reasonOf({ headers }, logs) {
  const id = headers['x-request-id'];
  const line = logs.findLast(({ request_id, err }) => request_id === id && err !== undefined);
  return line === undefined ? '' : `: ${line.err.message}`;
}

function nameOf({ method, url, status, unparsed }) {
  return unparsed ? `(no HTTP) → ${status}` : `${method} ${url.slice(0, 200)} → ${status}`;
}
