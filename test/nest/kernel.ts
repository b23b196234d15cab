// What features use of Aerie's kernel: the one place that knows where it is.
export { Public, SignedIn } from '../../src/kernel/access/access.js';
export { namedError } from '../../src/kernel/errors/app-error.js';
export { Returns } from '../../src/kernel/http/returns.js';
