import type { AppError } from '../kernel/errors/app-error.js';

/**
 * A bulkhead for tasks whose duration the client determines, such as downloads. An account that holds n slots gets
 * another one only while more than n are free, so that one account cannot take them all. There is no queue.
 */
export class FairBulkhead {
  private free: number;
  /** The number of slots held, by account id; accounts without any have no entry. */
  private readonly heldByAccount = new Map<number, number>();

  constructor(
    capacity: number,
    private readonly createError: () => AppError,
  ) {
    this.free = capacity;
  }

  /** Runs `work` in a slot. Throws createError() if there is none for the account. */
  async run<T>(accountId: number, work: () => Promise<T>): Promise<T> {
    if (this.free <= this.heldBy(accountId)) throw this.createError();
    this.changeHeld(accountId, 1);
    try {
      return await work();
    } finally {
      this.changeHeld(accountId, -1);
    }
  }

  private heldBy(accountId: number): number {
    return this.heldByAccount.get(accountId) ?? 0;
  }

  private changeHeld(accountId: number, slots: number): void {
    this.free -= slots;
    const held = this.heldBy(accountId) + slots;
    if (held > 0) this.heldByAccount.set(accountId, held);
    else this.heldByAccount.delete(accountId);
  }
}
