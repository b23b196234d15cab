import type { Response } from 'express';
import { Gauge } from '../kernel/common/instruments.js';
import { FairBulkhead } from '../rate-limit/fair-bulkhead.js';
import { AppError } from '../kernel/errors/app-error.js';
import { isClientDisconnect } from './stream-response.js';

/** A client that reads nothing for this long is disconnected, even if its connection seems open. */
const STALLED_MS = 60_000;

/** The number of running transfers in this process. */
const open = { stream: 0, file: 0 };
const OPEN = new Gauge({
  name: 'aerie_exports_open',
  help: 'Exports that are being downloaded: streams from the database, and stored files.',
  labels: ['kind'],
});
OPEN.addCallback(() => Object.entries(open).map(([kind, value]) => ({ labels: { kind }, value })));

interface Limits {
  readonly kind: keyof typeof open;
  readonly atOnce: number;
  readonly ms: number;
  /**
   * Called when a transfer is aborted: the client disconnected, stopped reading or took too long, or the server is
   * shutting down.
   */
  readonly onBrokenOff: () => void;
}

const refusal = () => new AppError('Too many exports at once, try again', 503, { 'Retry-After': '5' });

/** Runs long responses. Limits their number, their duration, and the time during which a client may read nothing. */
export class Transfers {
  private readonly bulkhead: FairBulkhead;

  constructor(private readonly limits: Limits) {
    this.bulkhead = new FairBulkhead(limits.atOnce, refusal);
  }

  /**
   * Runs `work`, which sends the response. Throws 503 while too many transfers run, in total or of the account.
   * Rethrows errors of `work`, except after a disconnect of the client.
   */
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
