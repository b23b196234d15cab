import type { Response } from 'express';
import { Gauge } from '../kernel/common/instruments.js';
import { FairBulkhead } from '../kernel/concurrency/fair-bulkhead.js';
import { AppError } from '../kernel/errors/app-error.js';
import { isClientDisconnect } from '../kernel/http/stream-response.js';

/** A client that reads nothing for so long has gone, whatever its connection says. */
const STALLED_MS = 60_000;

/** What runs now in this process. */
const open = { stream: 0, file: 0 };
const OPEN = new Gauge({
  name: 'aerie_exports_open',
  help: 'Exports that clients are reading: streams of the database, and files that were written before.',
  labels: ['kind'],
});
OPEN.addCallback(() => Object.entries(open).map(([kind, value]) => ({ labels: { kind }, value })));

interface Limits {
  readonly kind: keyof typeof open;
  readonly atOnce: number;
  readonly ms: number;
  /** Told when one is broken off: the client left, did not read, or took too long, or the server stops. */
  readonly onBrokenOff: () => void;
}

const refusal = () => new AppError('Too many exports at once, try again', 503, { 'Retry-After': '5' });

/** Answers that take long: only so many at once, for only so long, and none that nobody reads. */
export class Transfers {
  private readonly bulkhead: FairBulkhead;

  constructor(private readonly limits: Limits) {
    this.bulkhead = new FairBulkhead(limits.atOnce, refusal);
  }

  /** Throws 503 while too many run, or too many of the account's, and what the work throws but for a client that left. */
  run(account: number, response: Response, work: () => Promise<void>): Promise<void> {
    return this.bulkhead.run(account, () => this.transfer(response, work));
  }

  private async transfer(response: Response, work: () => Promise<void>): Promise<void> {
    const { kind, ms, onBrokenOff } = this.limits;
    response.setTimeout(STALLED_MS, () => response.destroy());
    const deadline = setTimeout(() => response.destroy(), ms);
    open[kind]++;
    try {
      await work();
    } catch (error) {
      if (!isClientDisconnect(error)) throw error;
      onBrokenOff();
    } finally {
      clearTimeout(deadline);
      open[kind]--;
    }
  }
}
