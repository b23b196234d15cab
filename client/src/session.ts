import { ApiError, SignedOutError } from './errors.js';
import type { Token } from './generated/types.gen.js';
import { NOBODY, type Identity, type Transport } from './transport.js';

/** The tokens with which a session can be continued. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** When the access token expires, in milliseconds since 1970. */
  readonly expires_at: number;
}

/** How long before its expiry an access token is replaced. */
const MARGIN_MS = 30_000;

/** One sign-in. Fetches a new access token only once, also when several calls need it at the same time. */
export class Session implements Identity {
  private refreshing: Promise<string> | undefined;

  constructor(
    private readonly transport: Transport,
    private tokens: Tokens,
    /** Called with new tokens, or with undefined when the session is over. */
    private readonly changed: (session: Session, tokens: Tokens | undefined) => void,
  ) {}

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
    try {
      const { data } = await this.transport.send('refreshToken', { body: { refresh_token } }, {}, NOBODY);
      this.tokens = tokensOf(data as Token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 429) throw error;
      this.changed(this, undefined);
      throw new SignedOutError('The session is over', { cause: error });
    }
    this.changed(this, this.tokens);
    return this.tokens.access_token;
  }
}

export function tokensOf({ access_token, refresh_token, expires_in }: Token): Tokens {
  return { access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 };
}
