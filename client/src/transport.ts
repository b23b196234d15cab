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
/** Statuses of a server, or of a proxy in front of it, that is temporarily unavailable. */
const PASSING = new Set([502, 503, 504]);

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
    return this.repeat(request, options, async (signal) => {
      const wasUncertain = isUncertain;
      isUncertain = true; // until the result is known
      try {
        return await this.attempt(request, identity, signal);
      } catch (error) {
        const status = wasUncertain ? statusIfDone(request, error, endsItself(operation, input, identity)) : undefined;
        if (status !== undefined) return { data: undefined, status, headers: new Headers() };
        isUncertain = wasUncertain || mayBeDone(request, error);
        throw error;
      }
    });
  }

  prepare(operation: OperationId, input: Input, options: CallOptions): Prepared {
    return requestOf(this.baseUrl, operation, input, options);
  }

  /** Runs `work` with the request until it succeeds or fails permanently. */
  repeat<T>(request: Prepared, options: CallOptions, work: Repeatable<T>['attempt']): Promise<T> {
    const { operation, key } = request;
    const attempt = (signal: AbortSignal) =>
      unlessAborted(work(signal), signal).catch((error: unknown) => {
        const isKnown =
          error instanceof ApiError || error instanceof SignedOutError || error instanceof ConnectionError;
        throw isKnown ? error : new ConnectionError(operation, key, error);
      });
    return this.retries.run({ options, attempt, mayRepeat: (failure) => mayRepeat(request, failure) });
  }

  /** Returns the response with its body: a value for JSON, otherwise a text, or undefined if there is no body. */
  async attempt(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Answer<unknown>> {
    const response = await this.open(request, identity, signal);
    const data = await readBody(response);
    if (data === undefined && isJson(response) && request.gives !== undefined)
      throw new ConnectionError(request.operation, request.key, new Error('The response has no body'));
    return { data, status: response.status, headers: response.headers };
  }

  /**
   * Returns the response as soon as its headers are there. Throws ApiError for statuses from 300, ConnectionError for a
   * response that is not of the declared type, such as the page of a proxy, otherwise the error of the connection.
   */
  async open(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const response = await this.fetchAs(request, identity, signal);
    const { operation, key } = request;
    if (!response.ok) throw new ApiError(operation, key, response, await readBody(response));
    if (isDeclared(request, response)) return response;
    discard(response);
    throw new ConnectionError(operation, key, new Error(`The response has the type '${typeOf(response)}'`));
  }

  /** Sends the request, and once more with another token if the first one is refused. */
  private async fetchAs(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const token = await identity.token();
    const response = await this.fetchOnce(request, token, signal);
    if (response.status !== 401 || token === undefined) return response;
    const other = await identity.tokenInstead(token);
    if (other === undefined) return response;
    discard(response);
    return this.fetchOnce(request, other, signal);
  }

  private fetchOnce({ url, method, headers, body }: Prepared, token: string | undefined, signal: AbortSignal) {
    const sent = new Headers(headers);
    if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
    return this.fetch(url, { method, headers: sent, body: body ?? null, signal, credentials: 'omit' });
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
 * Returns the status that a retry got because an earlier attempt, whose response was lost, has already deleted what is
 * there to delete. Returns undefined if the error means something else.
 */
function statusIfDone({ operation, method }: Prepared, error: unknown, endsItself: boolean): number | undefined {
  if (endsItself && isOver(error)) return 401;
  if (method !== 'DELETE' || !(error instanceof ApiError) || error.operation !== operation) return undefined;
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

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return isJson(response) ? (JSON.parse(text) as unknown) : text;
}

const isJson = (response: Response) => /\bjson\b/.test(typeOf(response));
