/**
 * Thrown by a job handler if something that the job needs is temporarily unavailable. The attempt does not count. The
 * next one follows after a pause that grows up to ten minutes. Jobs older than two days are no longer postponed.
 */
export class PostponeJobError extends Error {}

/** Thrown by a job handler if another attempt would fail in the same way. The job becomes a dead letter at once. */
export class UnrecoverableJobError extends Error {}

/**
 * Thrown when another attempt has taken over the job, because this one exceeded its time or its process seemed dead, or
 * when the job was cancelled. The transaction of this attempt is rolled back.
 */
export class AttemptLostError extends Error {
  constructor() {
    super('This attempt no longer has the job');
  }
}
