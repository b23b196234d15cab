import { namedError } from '../kernel/errors/app-error.js';

/** The maximum number of exports per account. */
export const MAX_FILES_EACH = 10;

export const exportNotFound = namedError(404, (_id: string) => 'Export not found', '42');
export const exportNotReady = namedError(
  409,
  (status: string) => `The export is not ready: its status is ${status}`,
  'running',
);
/** Thrown if the audit event cannot be written: data is only sent after its audit event has been recorded. */
export const notRecorded = namedError(
  503,
  () => 'Exports are recorded in the audit trail, and the database is read-only now: try again later',
);
export const tooManyFiles = namedError(409, () => `You already have ${MAX_FILES_EACH} exports: delete one first`);
