import { Auth } from './auth.js';
import type { Begin } from './call.js';
import { downloader } from './downloads.js';
import { entriesOf, type Input } from './request.js';
import { resources } from './resources.js';
import { POLICY, Retries, type RetryPolicy } from './retries.js';
import type { Tokens } from './session.js';
import { bearer, Transport, type Identity } from './transport.js';
import type { CallOptions, OperationId, Send } from './types.js';

export interface ClientOptions {
  /** The address of Aerie, with the prefix of its path if it has one. */
  readonly baseUrl: string | URL;
  /** A personal access token, for scripts. Other clients sign in. */
  readonly accessToken?: string;
  /** The tokens of a stored session, if there is one. */
  readonly tokens?: Tokens | null;
  /**
   * Called with the tokens each time they change, so that you can store the session. Called with undefined when the
   * session is over.
   */
  readonly onTokens?: (tokens: Tokens | undefined) => void;
  readonly retries?: Partial<RetryPolicy>;
  readonly fetch?: typeof globalThis.fetch;
}

/** Creates a client of Aerie. It has each resource with its operations, and `send` for all operations. */
export function createClient(given: ClientOptions) {
  const retries = new Retries({ ...POLICY, ...Object.fromEntries(entriesOf(given.retries ?? {})) });
  const fetch = given.fetch ?? ((...request) => globalThis.fetch(...request));
  const transport = new Transport(new URL(given.baseUrl), retries, fetch);
  const auth = new Auth(transport, given.onTokens ?? (() => undefined));
  if (given.tokens) auth.resume(given.tokens);
  const script = given.accessToken === undefined ? undefined : bearer(given.accessToken);
  const identity = (): Identity => script ?? auth.identity;
  const begin: Begin = () => {
    const caller = identity();
    return (operation, input, options = {}) => transport.send(operation, input, options, caller);
  };
  const send = ((operation: OperationId, input: Input = {}, options: CallOptions = {}) =>
    begin()(operation, input, options)) as Send;
  return { auth, send, ...resources(begin, retries, downloader(transport, identity)) };
}

export type AerieClient = ReturnType<typeof createClient>;
