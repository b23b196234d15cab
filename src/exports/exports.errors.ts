import { namedError } from '../kernel/errors/app-error.js';

/** Files that one account may have at a time. */
export const MAX_FILES_EACH = 10;

export const exportNotFound = namedError(404, (_id: string) => 'Export not found', '42');
export const exportNotReady = namedError(
  409,
  (status: string) => `The export is not ready: its status is ${status}`,
  'running',
);
/** What leaves is in the audit trail before it leaves, or it stays. */
export const notRecorded = namedError(
  503,
  () => 'Exports are recorded in the audit trail, and the database is read-only now: try again later',
);
export const tooManyFiles = namedError(409, () => `You already have ${MAX_FILES_EACH} exports: delete one first`);
