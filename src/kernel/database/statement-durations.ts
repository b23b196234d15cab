import { Histogram } from '../common/instruments.js';

// The metric of SQL statement durations.

const KINDS = ['select', 'with', 'insert', 'update', 'delete', 'start', 'commit', 'rollback', 'savepoint', 'release'];
const KNOWN: ReadonlySet<string> = new Set(KINDS);
const FIRST_WORD = /^\s*([a-z]+)/i;

const DURATIONS = new Histogram({
  name: 'aerie_database_statement_duration_seconds',
  help: 'SQL statements by their first word, from sending one to its answer. Without COPY and what the job queue asks by itself.',
  labels: ['kind'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** The `kind` label: the first word of the statement if it is a known one, otherwise `other`. */
export function kindOf(text: string): string {
  const word = FIRST_WORD.exec(text)?.[1]?.toLowerCase() ?? '';
  return KNOWN.has(word) ? word : 'other';
}

/** Returns the start time of a statement as `performance.now()`, or undefined while metrics are off. */
export function statementBegan(): number | undefined {
  return DURATIONS.isEnabled ? performance.now() : undefined;
}

/** Records the duration of a statement that has succeeded or failed. `query` is the argument of pg's `query`. */
export function statementEnded(began: number | undefined, query: unknown): void {
  if (began === undefined) return;
  const text = typeof query === 'string' ? query : (query as { readonly text?: string }).text;
  DURATIONS.recordSince(began, { kind: kindOf(text ?? '') });
}
