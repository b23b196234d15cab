import type { Claims } from './claims.js';

export const MAX_TOKENS = 10_000;

/**
 * Caches the claims of JWTs whose signature was verified, so that the signature of a token is verified once. It can
 * become invalid only if the keys change. Times, session, account and role are checked for each request.
 */
export class VerifiedTokenCache {
  private readonly claims = new Map<string, Claims>();

  get(token: string): Claims | undefined {
    return this.claims.get(token);
  }

  add(token: string, claims: Claims): void {
    if (this.claims.size >= MAX_TOKENS) this.claims.delete(this.claims.keys().next().value!); // the oldest
    this.claims.set(token, claims);
  }

  /** Called after a change of the keys. */
  clear(): void {
    this.claims.clear();
  }
}
