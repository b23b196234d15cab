// The parts of Aerie's kernel that features use. Only this file knows their paths.
export { Public, SignedIn } from '../../src/kernel/access/access.js';
export { namedError } from '../../src/kernel/errors/app-error.js';
export { Returns } from '../../src/kernel/http/returns.js';
