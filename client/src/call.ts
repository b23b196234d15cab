import type { Input } from './request.js';
import type { Answer, BodyOf, CallOptions, IdOf, OperationId, ResultOf } from './types.js';

/** Sends any operation, always with the same identity. */
export type Call = (operation: OperationId, input: Input, options?: CallOptions) => Promise<Answer<unknown>>;

/** Returns a `Call` that keeps the current identity, for work that takes several requests. */
export type Begin = () => Call;

/** Functions for operations, by the input of the operation. Each returns the body of the response. */
export function byNothing<K extends OperationId>(begin: Begin, operation: K) {
  return async (options?: CallOptions) => (await begin()(operation, {}, options)).data as ResultOf<K>;
}

export function byId<K extends OperationId>(begin: Begin, operation: K) {
  return async (id: IdOf<K>, options?: CallOptions) =>
    (await begin()(operation, { path: id as number }, options)).data as ResultOf<K>;
}

export function byBody<K extends OperationId>(begin: Begin, operation: K) {
  return async (body: BodyOf<K>, options?: CallOptions) =>
    (await begin()(operation, { body }, options)).data as ResultOf<K>;
}
