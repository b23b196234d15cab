import { namedError } from '../kernel/errors/app-error.js';

export const anotherFile = namedError(409, () => 'The import was begun with another file');
export const importRuns = namedError(409, () => 'The import goes on elsewhere');
