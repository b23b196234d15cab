import { namedError } from '../kernel/errors/app-error.js';

export const anotherFile = namedError(409, () => 'This import was started with another file');
export const importRuns = namedError(409, () => 'This import is already running');
