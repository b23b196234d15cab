import type { OPERATIONS, Operations } from './generated/operations.js';

/** The id of an operation, as the OpenAPI document names it. */
export type OperationId = keyof typeof OPERATIONS & keyof Operations;

type Takes<K extends OperationId> = Operations[K]['takes'];
type Gives<K extends OperationId> = Operations[K]['gives'];
type Part<K extends OperationId, P extends string> = P extends keyof Takes<K> ? Exclude<Takes<K>[P], undefined> : never;

export type BodyOf<K extends OperationId> = Part<K, 'body'>;
export type QueryOf<K extends OperationId> = Part<K, 'query'>;
/** The only value in an operation's path. */
export type IdOf<K extends OperationId> = Part<K, 'path'>[keyof Part<K, 'path'>];

/** The input of an operation, without headers, which the client sets. */
export type InputOf<K extends OperationId> = Omit<Takes<K>, 'headers' | 'url'>;
/** The input may be left out if the operation needs none. */
export type Inputs<K extends OperationId> =
  object extends InputOf<K> ? [input?: InputOf<K>, options?: CallOptions] : [input: InputOf<K>, options?: CallOptions];

/** The result of an operation. It is undefined if the response has no body. */
export type ResultOf<K extends OperationId> = NothingOf<Gives<K>[Exclude<keyof Gives<K>, 304>]>;
type NothingOf<T> = [T] extends [void] ? undefined : T;

/** A row of a list, with or without an envelope. */
export type RowOf<K extends OperationId> =
  ResultOf<K> extends readonly (infer Row)[]
    ? Row
    : ResultOf<K> extends { items: readonly (infer Row)[] }
      ? Row
      : never;

export interface CallOptions {
  /** Ends the call, also while it waits for a retry. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call ends, retries included. */
  readonly deadlineMs?: number;
  /** Milliseconds that one attempt waits for its complete response. */
  readonly attemptMs?: number;
  /** Your own key, to continue a call that another process began. By default each call has a new one. */
  readonly idempotencyKey?: string;
  /** Executes the operation only if the resource still has this `ETag`. */
  readonly ifMatch?: string;
  /** The media type of the body, if an operation accepts several. */
  readonly contentType?: string;
}

/** A response of the API with a status below 400. */
export interface Answer<T> {
  readonly data: T;
  readonly status: number;
  readonly headers: Headers;
}

/** Sends any operation by its id. */
export type Send = <K extends OperationId>(operation: K, ...inputs: Inputs<K>) => Promise<Answer<ResultOf<K>>>;
