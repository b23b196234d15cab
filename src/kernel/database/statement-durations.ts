import { Histogram } from '../common/instruments.js';

// The metric of SQL statement durations.

const KINDS = ['select', 'with', 'insert', 'update', 'delete', 'start', 'commit', 'rollback', 'savepoint', 'release'];
const KNOWN: ReadonlySet<string> = new Set(KINDS);
const NO_LETTER = /[^a-z]/i;

const DURATIONS = new Histogram({
  name: 'aerie_database_statement_duration_seconds',
  help: 'Duration of SQL statements by first word, from sending to response. Without COPY and the statements of the job queue itself.',
  labels: ['kind'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** The `kind` label: the first word of the statement if it is a known one, otherwise `other`. */
export function kindOf(text: string): string {
  const trimmed = text.trimStart();
  const end = trimmed.search(NO_LETTER);
  const word = (end < 0 ? trimmed : trimmed.slice(0, end)).toLowerCase();
  return KNOWN.has(word) ? word : 'other';
}

/** Returns the text of a statement, without its parameters. `query` is the argument of pg's `query`. */
export function sqlOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { readonly text?: string }).text ?? '');
}

/** Records the duration of a statement that has succeeded or failed. */
export function recordStatementDuration(ms: number, query: unknown): void {
  if (DURATIONS.isEnabled) DURATIONS.record(ms, { kind: kindOf(sqlOf(query)) });
}
