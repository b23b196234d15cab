import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Config } from '../kernel/config/config.js';

/** The name of a secret in the header of the tokens that it seals. It says nothing of the secret itself. */
export function keyId(secret: string): string {
  return createHash('sha256').update(`aerie:jwt-key:${secret}`).digest('hex').slice(0, 16);
}

/** The secrets that tokens are sealed with: the current one seals, the retired ones are still believed. */
@Injectable()
export class KeyRing {
  private secrets: readonly string[] = [];
  private byId: ReadonlyMap<string | false, string> = new Map();
  private signing: { readonly secret: string; readonly keyid: string } = { secret: '', keyid: '' };

  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly jwt: JwtService,
  ) {
    this.take();
    config.onKeysChanged(() => this.take());
  }

  /** An access token of these claims. */
  sign(claims: object): string {
    return this.jwt.sign(claims, this.signing);
  }

  /** The secret to judge a token by: the one that `kid` names, if any; where it is undefined, the one that sealed it. */
  secretOf(token: string, kid: string | false | undefined): string | undefined {
    if (kid !== undefined) return this.byId.get(kid);
    return this.secrets.find((secret) => isSealedWith(secret, token));
  }

  private take(): void {
    this.secrets = this.config.secrets;
    this.byId = new Map(this.secrets.map((secret) => [keyId(secret), secret]));
    const secret = this.secrets[0]!;
    this.signing = { secret, keyid: keyId(secret) };
  }
}

/** Whether the token's signature is HS256's of this secret. */
function isSealedWith(secret: string, token: string): boolean {
  const end = token.lastIndexOf('.');
  const expected = createHmac('sha256', secret).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
