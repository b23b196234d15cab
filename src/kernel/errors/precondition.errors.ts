import { namedError } from './app-error.js';

export const preconditionFailed = namedError(412, () => 'It has changed since you read it');
export const preconditionRequired = namedError(428, () => 'Send If-Match with the ETag of what you have read');
