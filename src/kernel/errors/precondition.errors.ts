import { namedError } from './app-error.js';

export const preconditionFailed = namedError(412, () => 'The resource has changed since you read it');
export const preconditionRequired = namedError(428, () => 'Send If-Match with the ETag of the version that you read');
