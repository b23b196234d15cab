import { isOver } from './errors.js';
import type { Token } from './generated/types.gen.js';
import { Session, tokensOf, type Tokens } from './session.js';
import { NOBODY, type Identity, type Transport } from './transport.js';
import type { CallOptions } from './types.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** A code of the second factor, if the account has one. */
  readonly otp?: string;
}

/** The sign-in state of the client: signed in with a session, or not. */
export class Auth {
  private session: Session | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly onTokens: (tokens: Tokens | undefined) => void,
  ) {}

  get isSignedIn(): boolean {
    return this.session !== undefined;
  }

  /** The identity for one call. A call keeps the identity with which it began. */
  get identity(): Identity {
    return this.session ?? NOBODY;
  }

  async signIn(credentials: Credentials, options: CallOptions = {}): Promise<void> {
    const { data } = await this.transport.send('signIn', { body: credentials }, options, NOBODY);
    const tokens = tokensOf(data as Token);
    this.begin(tokens);
    this.onTokens(tokens);
  }

  /**
   * Continues the session of these tokens. If it is already the session of the client, calls that have begun also use
   * the new tokens.
   */
  resume(tokens: Tokens): void {
    if (!this.session?.adopt(tokens)) this.begin(tokens);
  }

  private begin(tokens: Tokens): void {
    this.session = new Session(this.transport, tokens, (session, changed) => {
      if (session !== this.session) return; // another session has begun meanwhile
      if (changed === undefined) this.session = undefined;
      this.onTokens(changed);
    });
  }

  /** Forgets the session at once, and then ends it on the server. Rejects if the server cannot be reached. */
  async signOut(options: CallOptions = {}): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    const signOut = () => this.transport.send('signOut', {}, options, session);
    try {
      this.onTokens(undefined);
    } catch (error) {
      await signOut().catch(() => {}); // otherwise the session would stay open on the server
      throw error;
    }
    await signOut().catch((error: unknown) => {
      if (!isOver(error)) throw error;
    });
  }
}
