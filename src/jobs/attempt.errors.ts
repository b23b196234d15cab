/**
 * Thrown by a handler: something that the job needs is not available now, which is not the job's fault. The attempt does not
 * count. The next one comes after a pause that grows to ten minutes; a job that is two days old is not postponed any more.
 */
export class PostponeJobError extends Error {}

/** Thrown by a handler: another attempt would end the same way. The job becomes a dead letter at once. */
export class UnrecoverableJobError extends Error {}

/**
 * The job does not belong to this attempt any more: it took too long, or its process seemed dead. What it wrote is rolled
 * back.
 */
export class AttemptLostError extends Error {
  constructor() {
    super('Another attempt has the job');
  }
}
