import { namedError } from '../kernel/errors/app-error.js';

// The errors of /jobs.

export const jobNotFound = namedError(404, (_id: string) => 'Job not found', '01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10');
export const wrongJobState = namedError(
  409,
  (state: string, wanted: string) =>
    state === wanted ? `This job is already ${state}` : `This job is ${state} and can't be ${wanted}`,
  'completed',
  'cancelled',
);
