import { ApiError, ConnectionError, isOver, SignedOutError } from './errors.js';
import { requestOf, type Input, type Prepared } from './request.js';
import { unlessAborted, type Repeatable, type Retries, type RetryPolicy } from './retries.js';
import type { Answer, CallOptions, OperationId } from './types.js';

/** Operations that are safe to repeat, although they are POSTs without a key. */
const HARMLESS: ReadonlySet<OperationId> = new Set<OperationId>(['signIn', 'refreshToken', 'previewUser']);
/** Statuses other than 404 with which a DELETE reports that there is nothing to delete. */
const NOTHING_LEFT: Partial<Record<OperationId, number>> = { removeTotp: 409 };
/** Deletions that can end the session of their caller: the claim of the access token that has the deleted id. */
const ENDS: Partial<Record<OperationId, Claim>> = { deleteUser: 'sub', endUserSessions: 'sub', endSession: 'sid' };
/**
 * Statuses of a server, or of a proxy in front of it, that is temporarily unavailable, or that did not get the whole
 * request in time.
 */
const PASSING = new Set([408, 502, 503, 504]);

/** A claim of an access token: the id of the account or of the session. */
export type Claim = 'sub' | 'sid';

/** The caller whose token is sent with a request. */
export interface Identity {
  token(): Promise<string | undefined>;
  /** Returns another token than the one that was refused, or undefined if there is none. */
  tokenInstead(refused: string): Promise<string | undefined>;
  /** Returns a claim of the token, or undefined if it is not known. */
  claim(name: Claim): unknown;
}

export const NOBODY: Identity = bearer(undefined);

/** Returns the identity of this one token, which is never replaced. */
export function bearer(token: string | undefined): Identity {
  return { token: async () => token, tokenInstead: async () => undefined, claim: () => undefined };
}

/** Sends requests, and retries them until there is a response. */
export class Transport {
  constructor(
    private readonly baseUrl: URL,
    private readonly retries: Retries,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  get policy(): RetryPolicy {
    return this.retries.policy;
  }

  /** Returns the response to an operation, after as many attempts as it takes. */
  async send(operation: OperationId, input: Input, options: CallOptions, identity: Identity): Promise<Answer<unknown>> {
    const request = this.prepare(operation, input, options);
    let isUncertain = false; // whether an attempt may have been executed, although its response was lost
    const sending = this.repeat(request, options, async (signal) => {
      try {
        return await this.attempt(request, identity, signal);
      } catch (error) {
        const status = isUncertain ? statusIfDone(request, error, endsItself(operation, input, identity)) : undefined;
        if (status !== undefined) return { data: undefined, status, headers: new Headers() };
        isUncertain ||= mayBeDone(request, error);
        throw error;
      }
    });
    return sending.catch((error: unknown) => {
      throw isUncertain && leavesUncertain(request, error) ? new ConnectionError(operation, request.key, error) : error;
    });
  }

  prepare(operation: OperationId, input: Input, options: CallOptions): Prepared {
    return requestOf(this.baseUrl, operation, input, options);
  }

  /** Runs `work` with the request until it succeeds or fails permanently. */
  repeat<T>(request: Prepared, options: CallOptions, attempt: Repeatable<T>['attempt']): Promise<T> {
    return this.retries.run({ options, attempt, mayRepeat: (failure) => mayRepeat(request, failure) });
  }

  /** Returns the response with its body: a value for JSON, otherwise a text, or undefined if none is declared. */
  async attempt(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Answer<unknown>> {
    const response = await this.open(request, identity, signal);
    const data = await readBody(request, response, signal);
    const isEmpty = data === undefined && request.gives !== undefined;
    if (isEmpty && isJson(response))
      throw new ConnectionError(request.operation, request.key, new Error('The response has no body'));
    return { data: isEmpty ? '' : data, status: response.status, headers: response.headers };
  }

  /**
   * Returns the response as soon as its headers are there. Throws ApiError for statuses from 300, ConnectionError for a
   * response that is not of the declared type, such as the page of a proxy, or if the connection fails.
   */
  async open(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const response = await this.fetchAs(request, identity, signal);
    const { operation, key } = request;
    if (!response.ok) throw new ApiError(operation, key, response, await readBody(request, response, signal));
    if (isDeclared(request, response)) return response;
    discard(response);
    throw new ConnectionError(operation, key, new Error(`The response has the type '${typeOf(response)}'`));
  }

  /** Sends the request, and once more with another token if the first one is refused. */
  private async fetchAs(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const token = await tokenFor(request, identity.token(), signal);
    const response = await this.fetchOnce(request, token, signal);
    if (response.status !== 401 || token === undefined) return response;
    const other = await tokenFor(request, identity.tokenInstead(token), signal);
    if (other === undefined) return response;
    discard(response);
    return this.fetchOnce(request, other, signal);
  }

  private fetchOnce(request: Prepared, token: string | undefined, signal: AbortSignal): Promise<Response> {
    const { fetch } = this; // called as a function: browsers refuse the global one as a method of another object
    const { url, method, body = null } = request;
    const headers = new Headers(request.headers);
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    // Aerie redirects no operation. If a proxy does, `fetch` would send a POST as a GET.
    const redirect = method === 'GET' ? 'follow' : 'error';
    return received(
      request,
      () => fetch(url, { method, headers, body, signal, redirect, credentials: 'omit' }),
      signal,
    );
  }
}

/** Waits for a part of the response. Throws ConnectionError if it fails, or when the signal is aborted. */
export async function received<T>(
  { operation, key }: Prepared,
  receive: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await unlessAborted(receive(), signal);
  } catch (error) {
    throw new ConnectionError(operation, key, error);
  }
}

/**
 * Waits for a token. If the signal is aborted meanwhile, the error says that only the token was requested. If the
 * session is over, the error is the request's own: several requests can wait for the same token.
 */
async function tokenFor(
  { operation, key }: Prepared,
  token: Promise<string | undefined>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await unlessAborted(token, signal);
  } catch (error) {
    if (error instanceof SignedOutError) throw new SignedOutError(operation, key, error.cause);
    throw error === signal.reason ? new ConnectionError('refreshToken', undefined, error) : error;
  }
}

/** Returns whether the server may have executed an attempt that failed with this error. */
function mayBeDone({ operation }: Prepared, error: unknown): boolean {
  if (error instanceof SignedOutError) return false;
  const isKnown = error instanceof ApiError || error instanceof ConnectionError;
  if (isKnown && error.operation !== operation) return false; // the token refresh failed, so the request was not sent
  return !(error instanceof ApiError) || PASSING.has(error.status);
}

/**
 * Returns whether the error of the last attempt does not tell if an earlier one was executed: the write was only refused
 * for now (too many requests, or the earlier attempt still runs), or not sent because the token refresh failed.
 */
function leavesUncertain(request: Prepared, error: unknown): boolean {
  const { operation, method } = request;
  const isKnown = error instanceof ApiError || error instanceof ConnectionError;
  if (method === 'GET' || HARMLESS.has(operation) || !isKnown) return false;
  return error.operation !== operation || (mayRepeat(request, error) && !mayBeDone(request, error));
}

/**
 * Returns the status that a retry got because an earlier attempt, whose response was lost, has already deleted what is
 * there to delete. Returns undefined if the error means something else.
 */
function statusIfDone({ operation, method }: Prepared, error: unknown, endsItself: boolean): number | undefined {
  if (endsItself && isOver(error)) return 401;
  if (method !== 'DELETE' || !(error instanceof ApiError) || error.operation !== operation) return undefined;
  if (!error.isFromApi) return undefined;
  return error.status === 404 || error.status === NOTHING_LEFT[operation] ? error.status : undefined;
}

/** Returns whether an operation ends the session of its caller. */
function endsItself(operation: OperationId, { path }: Input, identity: Identity): boolean {
  const claim = ENDS[operation];
  if (claim === undefined) return false;
  const [id] = typeof path === 'object' ? Object.values(path) : [path];
  return String(id).toLowerCase() === String(identity.claim(claim)).toLowerCase();
}

function mayRepeat({ operation, method, key }: Prepared, failure: ApiError | ConnectionError): boolean {
  const isOfToken = failure.operation !== operation; // the token refresh failed, so the request was not sent
  const isSafe = method === 'GET' || method === 'DELETE' || key !== undefined || HARMLESS.has(operation) || isOfToken;
  if (failure instanceof ConnectionError) return isSafe;
  if (failure.status === 429) return true; // nothing was executed
  // The first attempt with this key is still running.
  if (failure.status === 409) return key !== undefined && failure.retryAfterMs !== undefined;
  return isSafe && PASSING.has(failure.status);
}

const typeOf = ({ headers }: Response) => (headers.get('Content-Type') ?? '').replace(/;.*/, '').trim().toLowerCase();

/** Returns whether a response with a status of success is one that the OpenAPI document declares. */
function isDeclared({ gives }: Prepared, response: Response): boolean {
  const type = typeOf(response);
  return gives === undefined ? response.status === 204 || type === '' : gives.includes(type);
}

/** Releases the connection. Does not wait, because a body of which `fetch` has kept a copy cannot be cancelled alone. */
function discard({ body }: Response): void {
  void body?.cancel().catch(() => undefined);
}

function readBody(request: Prepared, response: Response, signal: AbortSignal): Promise<unknown> {
  const read = async () => {
    const text = await response.text();
    if (text === '') return undefined;
    return isJson(response) ? (JSON.parse(text) as unknown) : text;
  };
  return received(request, read, signal);
}

const isJson = (response: Response) => /\bjson\b/.test(typeOf(response));
