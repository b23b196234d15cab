import { ApiError, SignedOutError } from './errors.js';
import type { Token } from './generated/types.gen.js';
import { NOBODY, type Claim, type Identity, type Transport } from './transport.js';

/** The tokens with which a session can be continued. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** When the access token expires, in milliseconds since 1970. */
  readonly expires_at: number;
}

/** Statuses of a refresh with which the server says that the session is over. */
const ENDED = new Set([400, 401]);
/** How long before its expiry an access token is replaced. */
const MARGIN_MS = 30_000;

/**
 * How long one attempt to refresh waits. A retry with the same refresh token must reach the server within ten seconds
 * after the first use, otherwise the server ends the session.
 */
const ATTEMPT_MS = 3000;

/** One sign-in. Fetches a new access token only once, also when several calls need it at the same time. */
export class Session implements Identity {
  private refreshing: Promise<string> | undefined;

  constructor(
    private readonly transport: Transport,
    private tokens: Tokens,
    /** Called with new tokens, or with undefined when the session is over. */
    private readonly changed: (session: Session, tokens: Tokens | undefined) => void,
  ) {}

  /** Replaces the tokens if these are of the same session. Returns whether they are. */
  adopt(tokens: Tokens): boolean {
    const id = this.claim('sid');
    const isSame = id !== undefined && id === claimOf(tokens, 'sid');
    if (isSame) this.tokens = tokens;
    return isSame;
  }

  claim(name: Claim): unknown {
    return claimOf(this.tokens, name);
  }

  async token(): Promise<string> {
    const { access_token, expires_at } = this.tokens;
    return Date.now() > expires_at - MARGIN_MS ? this.refresh() : access_token;
  }

  async tokenInstead(refused: string): Promise<string> {
    const { access_token } = this.tokens;
    return access_token === refused ? this.refresh() : access_token;
  }

  /**
   * Returns a new token to all calls that wait for it. A call that stops waiting does not end the refresh for the
   * others.
   */
  private refresh(): Promise<string> {
    this.refreshing ??= this.fetchTokens().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async fetchTokens(): Promise<string> {
    const { refresh_token } = this.tokens;
    const options = { attemptMs: Math.min(ATTEMPT_MS, this.transport.policy.attemptMs) };
    // Tokens that `adopt` got meanwhile are newer than the result of this refresh, also if that is a failure.
    const isOutdated = () => this.tokens.refresh_token !== refresh_token;
    try {
      const { data } = await this.transport.send('refreshToken', { body: { refresh_token } }, options, NOBODY);
      if (isOutdated()) return this.tokens.access_token;
      this.tokens = tokensOf(data as Token);
    } catch (error) {
      if (isOutdated()) return this.tokens.access_token;
      if (!(error instanceof ApiError && error.isFromApi && ENDED.has(error.status))) throw error;
      this.changed(this, undefined);
      throw new SignedOutError('refreshToken', undefined, error);
    }
    this.changed(this, this.tokens);
    return this.tokens.access_token;
  }
}

export function tokensOf({ access_token, refresh_token, expires_in }: Token): Tokens {
  return { access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 };
}

/** Returns a claim of an access token, which is a JWT, or undefined. It is not verified. */
function claimOf({ access_token }: Tokens, name: Claim): unknown {
  try {
    const claims = atob(access_token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'));
    return (JSON.parse(claims) as Partial<Record<Claim, unknown>>)[name];
  } catch {
    return undefined;
  }
}
