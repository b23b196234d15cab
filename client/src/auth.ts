import { ApiError, SignedOutError } from './errors.js';
import type { Token } from './generated/types.gen.js';
import { Session, tokensOf, type Tokens } from './session.js';
import { NOBODY, type Identity, type Transport } from './transport.js';
import type { CallOptions } from './types.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** A code of the second factor, where the account has one. */
  readonly otp?: string;
}

/** Who the client is at the moment: nobody, someone who signed in, or a script with an access token of its own. */
export class Auth {
  private session: Session | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly onTokens: (tokens: Tokens | undefined) => void,
  ) {}

  get isSignedIn(): boolean {
    return this.session !== undefined;
  }

  /** For one call, which stays with whoever began it. */
  get identity(): Identity {
    return this.session ?? NOBODY;
  }

  async signIn(credentials: Credentials, options: CallOptions = {}): Promise<void> {
    const { data } = await this.transport.send('signIn', { body: credentials }, options, NOBODY);
    const tokens = tokensOf(data as Token);
    this.resume(tokens);
    this.onTokens(tokens);
  }

  /** Goes on with the session of these tokens. */
  resume(tokens: Tokens): void {
    this.session = new Session(this.transport, tokens, (session, changed) => {
      if (session !== this.session) return; // another has begun meanwhile
      if (changed === undefined) this.session = undefined;
      this.onTokens(changed);
    });
  }

  /** Forgets the session at once, and ends it on the server. Rejects if the server cannot be told. */
  async signOut(options: CallOptions = {}): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    this.onTokens(undefined);
    await this.transport.send('signOut', {}, options, session).catch((error: unknown) => {
      if (!isOver(error)) throw error;
    });
  }
}

const isOver = (error: unknown) =>
  error instanceof SignedOutError || (error instanceof ApiError && error.status === 401);
