import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Config } from '../config/config.js';

// The keys of JWT signatures.

/** Returns the key id (`kid`) of a secret: a truncated hash, which reveals nothing of the secret. */
export function keyId(secret: string): string {
  return createHash('sha256').update(`aerie:jwt-key:${secret}`).digest('hex').slice(0, 16);
}

/** The secrets of JWT signatures. Tokens are signed with the current one. Retired ones are still accepted. */
@Injectable()
export class KeyRing {
  private secrets: readonly string[] = [];
  private byId: ReadonlyMap<string | false, string> = new Map();
  private signing: { readonly secret: string; readonly keyid: string } = { secret: '', keyid: '' };

  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly jwt: JwtService,
  ) {
    this.loadKeys();
    config.onKeysChanged(() => this.loadKeys());
  }

  /** Signs an access token with these claims. */
  sign(claims: object): string {
    return this.jwt.sign(claims, this.signing);
  }

  /**
   * Returns the secret that verifies a token: the one with the id `kid`, or without `kid` the one that signed the
   * token. Undefined if there is none.
   */
  findSecret(token: string, kid: string | false | undefined): string | undefined {
    if (kid !== undefined) return this.byId.get(kid);
    return this.secrets.find((secret) => isSignedWith(secret, token));
  }

  private loadKeys(): void {
    this.secrets = this.config.secrets;
    this.byId = new Map(this.secrets.map((secret) => [keyId(secret), secret]));
    const secret = this.secrets[0]!;
    this.signing = { secret, keyid: keyId(secret) };
  }
}

/** Whether the token is signed (HS256) with this secret. */
function isSignedWith(secret: string, token: string): boolean {
  const end = token.lastIndexOf('.');
  const expected = createHmac('sha256', secret).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
