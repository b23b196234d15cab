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

/** What an operation takes, but for headers: those are the client's. */
export type InputOf<K extends OperationId> = Omit<Takes<K>, 'headers' | 'url'>;
/** Nothing, where an operation needs nothing. */
export type Inputs<K extends OperationId> =
  object extends InputOf<K> ? [input?: InputOf<K>, options?: CallOptions] : [input: InputOf<K>, options?: CallOptions];

/** What an operation answers when it has done its work; undefined where that has no body. */
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
  /** Ends the call, also while it waits to try again. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call ends, all tries included. */
  readonly deadlineMs?: number;
  /** One of your own, to take up a call that another process began. Otherwise each call makes one. */
  readonly idempotencyKey?: string;
  /** Only if the resource still has this `ETag`. */
  readonly ifMatch?: string;
  /** The media type of the body, where an operation takes several. */
  readonly contentType?: string;
}

/** An answer of the API below 400. */
export interface Answer<T> {
  readonly data: T;
  readonly status: number;
  readonly headers: Headers;
}

/** Sends any operation by its id. */
export type Send = <K extends OperationId>(operation: K, ...inputs: Inputs<K>) => Promise<Answer<ResultOf<K>>>;
