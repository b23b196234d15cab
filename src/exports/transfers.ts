import type { Response } from 'express';
import { AppError } from '../kernel/errors/app-error.js';
import { isBrokenOff } from '../kernel/http/stream.js';

/** A client that reads nothing for so long has gone, whatever its connection says. */
const STALLED_MS = 60_000;

interface Limits {
  readonly atOnce: number;
  readonly ms: number;
  /** Told when one is broken off: the client left, did not read, or took too long, or the server stops. */
  readonly onBrokenOff: () => void;
}

/** Answers that take long: only so many at once, for only so long, and none that nobody reads. */
export class Transfers {
  private running = 0;

  constructor(private readonly limits: Limits) {}

  /** Throws 503 while too many run, and what the work throws but for a client that left. */
  async run(response: Response, work: () => Promise<void>): Promise<void> {
    const { atOnce, ms, onBrokenOff } = this.limits;
    if (this.running >= atOnce) throw new AppError('Too many exports at once', 503, { 'Retry-After': '5' });
    this.running++;
    response.setTimeout(STALLED_MS, () => response.destroy());
    const deadline = setTimeout(() => response.destroy(), ms);
    try {
      await work();
    } catch (error) {
      if (!isBrokenOff(error)) throw error;
      onBrokenOff();
    } finally {
      clearTimeout(deadline);
      this.running--;
    }
  }
}
