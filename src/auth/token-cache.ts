export const MAX_TOKENS = 10_000;

/** A cache by token. When it is full, it drops the token that was added first. */
export class TokenCache<T> {
  private readonly values = new Map<string, T>();

  get(token: string): T | undefined {
    return this.values.get(token);
  }

  add(token: string, value: T): void {
    if (this.values.size >= MAX_TOKENS) this.values.delete(this.values.keys().next().value!);
    this.values.set(token, value);
  }

  clear(): void {
    this.values.clear();
  }
}
