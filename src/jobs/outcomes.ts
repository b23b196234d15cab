/**
 * Thrown by a handler: what the job needs is out of order, which is not the job's fault. The attempt does not count; the
 * next one comes after a pause that grows to ten minutes, until the job is two days old.
 */
export class NotNow extends Error {}

/** Thrown by a handler: another attempt would end the same. The job is among the dead letters at once. */
export class Hopeless extends Error {}

/** The job is not this attempt's any more: it took too long, or its process seemed dead. What it wanted to write is rolled back. */
export class AttemptLost extends Error {
  constructor() {
    super('Another attempt has the job');
  }
}
