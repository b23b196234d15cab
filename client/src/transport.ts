import { ApiError, ConnectionError, SignedOutError } from './errors.js';
import { requestOf, type Input, type Prepared } from './request.js';
import { unlessAborted, type Repeatable, type Retries } from './retries.js';
import type { Answer, CallOptions, OperationId } from './types.js';

/** These change nothing that a second time would change again, though they are POSTs without a key. */
const HARMLESS: ReadonlySet<OperationId> = new Set<OperationId>(['signIn', 'refreshToken', 'previewUser']);
/** The answers of a server, or of what stands before it, that cannot do the work just now. */
const PASSING = new Set([502, 503, 504]);

/** Whose token goes with a request. */
export interface Identity {
  token(): Promise<string | undefined>;
  /** A token other than the one that was refused; undefined if there is none. */
  tokenInstead(refused: string): Promise<string | undefined>;
}

export const NOBODY: Identity = bearer(undefined);

/** Whoever has this one token. */
export function bearer(token: string | undefined): Identity {
  return { token: async () => token, tokenInstead: async () => undefined };
}

/** Sends requests, each until it is answered. */
export class Transport {
  constructor(
    private readonly baseUrl: URL,
    private readonly retries: Retries,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  /** The answer with its body read: an object for JSON, else a text; undefined where there is none. */
  async send(operation: OperationId, input: Input, options: CallOptions, identity: Identity): Promise<Answer<unknown>> {
    const request = this.prepare(operation, input, options);
    let isUncertain = false; // whether a try may have been heeded, though its answer was lost
    return this.repeat(request, options, async (signal) => {
      const wasUncertain = isUncertain;
      isUncertain = true; // until more is known
      try {
        const response = await this.open(request, identity, signal);
        return { data: await readBody(response), status: response.status, headers: response.headers };
      } catch (error) {
        if (wasUncertain && request.method === 'DELETE' && error instanceof ApiError && error.status === 404)
          return { data: undefined, status: error.status, headers: new Headers() }; // it was that try
        isUncertain = wasUncertain || mayBeDone(request, error);
        throw error;
      }
    });
  }

  prepare(operation: OperationId, input: Input, options: CallOptions): Prepared {
    return requestOf(this.baseUrl, operation, input, options);
  }

  /** Does the work with the request until it succeeds, or fails for good. */
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

  /** The answer as soon as its head is there. Throws ApiError for those from 400 on, else what the connection met. */
  async open(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const response = await this.fetchAs(request, identity, signal);
    if (response.ok) return response;
    throw new ApiError(request.operation, request.key, response, await readBody(response));
  }

  /** Once more with another token, if the one that it was sent with is refused. */
  private async fetchAs(request: Prepared, identity: Identity, signal: AbortSignal): Promise<Response> {
    const token = await identity.token();
    const response = await this.fetchOnce(request, token, signal);
    if (response.status !== 401 || token === undefined) return response;
    const other = await identity.tokenInstead(token);
    if (other === undefined) return response;
    await response.body?.cancel();
    return this.fetchOnce(request, other, signal);
  }

  private fetchOnce({ url, method, headers, body }: Prepared, token: string | undefined, signal: AbortSignal) {
    const sent = new Headers(headers);
    if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
    return this.fetch(url, { method, headers: sent, body: body ?? null, signal, credentials: 'omit' });
  }
}

/** Whether the server may have heeded a try that failed so. */
function mayBeDone({ operation }: Prepared, error: unknown): boolean {
  if (error instanceof ApiError) return error.operation === operation && PASSING.has(error.status);
  return !(error instanceof SignedOutError) && !(error instanceof ConnectionError); // the other's: of the refresh
}

function mayRepeat({ operation, method, key }: Prepared, failure: ApiError | ConnectionError): boolean {
  const isOfToken = failure.operation !== operation; // the request itself was not sent
  const isSafe = method === 'GET' || method === 'DELETE' || key !== undefined || HARMLESS.has(operation) || isOfToken;
  if (failure instanceof ConnectionError) return isSafe;
  if (failure.status === 429) return true; // nothing was done
  // the first try with this key is still under way
  if (failure.status === 409) return key !== undefined && failure.retryAfterMs !== undefined;
  return isSafe && PASSING.has(failure.status);
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return /\bjson\b/.test(response.headers.get('Content-Type') ?? '') ? (JSON.parse(text) as unknown) : text;
}
