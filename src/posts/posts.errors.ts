import { namedError } from '../kernel/errors/app-error.js';

export const postNotFound = namedError(404, (_id: string) => 'Post not found', '42');
