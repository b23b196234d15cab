import { Histogram } from '../common/instruments.js';

const KINDS = ['select', 'with', 'insert', 'update', 'delete', 'start', 'commit', 'rollback', 'savepoint', 'release'];
const KNOWN: ReadonlySet<string> = new Set(KINDS);
const FIRST_WORD = /^\s*([a-z]+)/i;

const DURATIONS = new Histogram({
  name: 'aerie_database_statement_duration_seconds',
  help: 'SQL statements by their first word, from sending one to its answer. Without COPY and what the job queue asks by itself.',
  labels: ['kind'],
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** The first word of a statement, where it is one of few. */
export function kindOf(text: string): string {
  const word = FIRST_WORD.exec(text)?.[1]?.toLowerCase() ?? '';
  return KNOWN.has(word) ? word : 'other';
}

/** The text of a statement, without its parameters; `query` is what pg was given. */
export function textOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { readonly text?: string }).text ?? '');
}

/** The statement, which began then, was answered, or has failed. */
export function statementEnded(began: number, query: unknown): void {
  if (DURATIONS.isHeard) DURATIONS.since(began, { kind: kindOf(textOf(query)) });
}
