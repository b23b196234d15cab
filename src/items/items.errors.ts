import { namedError } from '../kernel/errors/app-error.js';

export const itemNotFound = namedError(404, (id: string) => `Item ${id} not found`, '42');
export const itemInUse = namedError(409, (id: string) => `Item ${id} has orders`, '1');
