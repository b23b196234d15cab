import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Denials, type DeniedRequest } from '../kernel/errors/denials.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';
import { Logger } from '../kernel/logging/logger.js';
import { audit, type Audited } from './audit.js';

const WINDOW_MS = 60_000;
/**
 * The number of denials per window that are written one by one, for each account and for all anonymous callers
 * together. Further ones are counted and written as a sum.
 */
const ONE_BY_ONE = 10;

interface Window {
  written: number;
  /** The number of further denials by route. */
  readonly more: Map<string, number>;
}

/**
 * Writes denied requests (403) to the audit trail, in the background: the response does not wait, since nothing was
 * changed. The limit per window keeps a flood of them from filling the disk.
 */
@Injectable()
export class DeniedAccess implements OnModuleInit, BeforeApplicationShutdown {
  private readonly windows = new Map<number | null, Window>();
  private readonly writing = new Set<Promise<void>>();

  constructor(
    private readonly db: EntityManager,
    private readonly denials: Denials,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.denials.listen((denied) => this.note(denied));
    setInterval(() => this.close(), WINDOW_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.close();
    await Promise.all(this.writing);
  }

  private note({ user_id, route, why }: DeniedRequest): void {
    const window = this.windows.get(user_id) ?? { written: 0, more: new Map<string, number>() };
    this.windows.set(user_id, window);
    if (window.written++ < ONE_BY_ONE) return this.write(user_id, route, { why });
    window.more.set(route, (window.more.get(route) ?? 0) + 1);
  }

  /** Writes the sums of the window and starts a new one. */
  private close(): void {
    for (const [user_id, { more }] of this.windows) {
      for (const [route, times] of more) this.write(user_id, route, { times });
    }
    this.windows.clear();
  }

  private write(actor_id: number | null, subject: string, details: Audited['details']): void {
    const event = { actor_id, action: 'access.denied', subject, details };
    const written = outsideTransaction(() => audit(this.db, event))
      .catch((error: unknown) => this.logger.error(error, 'A denied request could not be written to the audit trail'))
      .finally(() => this.writing.delete(written));
    this.writing.add(written);
  }
}
