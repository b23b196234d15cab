import { namedError } from './app-error.js';

// The errors of conditional requests.

/** `If-Match` does not list the current version, or `If-None-Match` does. */
export const preconditionFailed = namedError(412, () => 'The resource has changed since you read it');
/** The route requires `If-Match`. */
export const preconditionRequired = namedError(428, () => 'Send If-Match with the ETag of the version that you read');
