import type { AppError } from '../errors/app-error.js';

/**
 * A bulkhead for work that lasts as long as its client likes. Who holds places gets another only while more than those are
 * free, so that one account cannot keep out everybody else. Nobody waits.
 */
export class FairBulkhead {
  private free: number;
  /** Places by account; who holds none is not in it. */
  private readonly held = new Map<number, number>();

  constructor(
    places: number,
    private readonly refusal: () => AppError,
  ) {
    this.free = places;
  }

  /** Does the work in one of the places. Throws the refusal while there is none for the account. */
  async run<T>(account: number, work: () => Promise<T>): Promise<T> {
    if (this.free <= this.heldBy(account)) throw this.refusal();
    this.move(account, 1);
    try {
      return await work();
    } finally {
      this.move(account, -1);
    }
  }

  private heldBy(account: number): number {
    return this.held.get(account) ?? 0;
  }

  private move(account: number, places: number): void {
    this.free -= places;
    const held = this.heldBy(account) + places;
    if (held > 0) this.held.set(account, held);
    else this.held.delete(account);
  }
}
