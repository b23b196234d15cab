import type { SpanContext } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { activeSpanContext } from '../common/tracing.js';
import { formatTraceParent } from './trace-parent.js';

// An activity is a request, or an attempt at a job. AsyncLocalStorage holds the one that code belongs to.

/** The request that caused a job, also through other jobs. Part of the job's data. */
export interface Origin {
  readonly request_id?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Text, start (since the activity began) and duration of each statement, in milliseconds, as a flat list. */
export type Statements = (string | number)[];

/** Only the first statements of an activity are kept: an import has very many. */
const MAX_STATEMENTS = 200;

/** A request, or an attempt at a job. Log lines, audit events and statements belong to one. */
export interface Activity {
  /** The id of the request; for a job that of the request that caused it, if any. */
  readonly id: string | undefined;
  /** The trace id, if there is a trace. */
  readonly trace_id?: string | undefined;
  /** The span context of the caller, or of the code that queued the job. */
  readonly parentSpan?: SpanContext | undefined;
  readonly job_id?: string;
  /** `performance.now()` when it began. */
  readonly startedAt: number;
  readonly statements: Statements;
  /**
   * The error of a statement whose precondition failed. Code that catches it cannot continue, since its transaction has
   * failed, too.
   */
  preconditionFailure?: Error | undefined;
}

const current = new AsyncLocalStorage<Activity | undefined>();

/** Runs `work` for this activity, or for none. All code in it gets the activity from `currentActivity()`. */
export function runAsActivity<T>(activity: Activity | undefined, work: () => T): T {
  return current.run(activity, work);
}

export function currentActivity(): Activity | undefined {
  return current.getStore();
}

/** Adds a statement to an activity; `startedAt` as `performance.now()`. */
export function addStatement(activity: Activity, text: string, startedAt: number, ms: number): void {
  const { statements } = activity;
  if (statements.length < MAX_STATEMENTS * 3) {
    statements.push(text, startedAt - activity.startedAt, ms);
  }
}

/** The origin of a job that is enqueued now; undefined if neither a request nor a trace causes it. */
export function currentOrigin(): Origin | undefined {
  const activity = currentActivity();
  const span = activeSpanContext() ?? activity?.parentSpan;
  if (activity?.id === undefined && span === undefined) return undefined;
  return { request_id: activity?.id, traceparent: span && formatTraceParent(span) };
}
