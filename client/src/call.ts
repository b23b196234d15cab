import type { Input } from './request.js';
import type { Answer, BodyOf, CallOptions, IdOf, OperationId, ResultOf } from './types.js';

/** Sends any operation, as one and the same caller. */
export type Call = (operation: OperationId, input: Input, options?: CallOptions) => Promise<Answer<unknown>>;

/** Whoever the client is at the moment: what takes several requests is begun once. */
export type Begin = () => Call;

/** Operations by what they take; each gives the body of the answer. */
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
