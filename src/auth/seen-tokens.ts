import type { Claims } from './claims.js';

export const MAX_TOKENS = 10_000;

/**
 * The claims of tokens whose signature was found good, so that a token that comes with every request is unsealed once. A
 * signature turns bad only with the keys; what else may change (time, session, account, role) is judged at each request.
 */
export class SeenTokens {
  private readonly claims = new Map<string, Claims>();

  of(token: string): Claims | undefined {
    return this.claims.get(token);
  }

  add(token: string, claims: Claims): void {
    if (this.claims.size >= MAX_TOKENS) this.claims.delete(this.claims.keys().next().value!); // the oldest
    this.claims.set(token, claims);
  }

  /** After a change of the keys. */
  clear(): void {
    this.claims.clear();
  }
}
