import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { Logger } from '../logging/logger.js';

/** A cache shared by all processes: Redis if REDIS_URL is set, otherwise none. If Redis fails, every lookup is a miss. */
@Injectable()
export class Cache implements OnApplicationBootstrap, OnApplicationShutdown {
  private redis: Redis | undefined;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /** `off` without REDIS_URL. */
  get state(): 'ok' | 'unavailable' | 'off' {
    if (!this.redis) return 'off';
    return this.redis.status === 'ready' ? 'ok' : 'unavailable';
  }

  /** Returns the cached value, or the result of `make`, which is then cached for `seconds`. Values must be JSON. */
  async getOrCompute<T>(key: string, seconds: number, make: () => Promise<T>): Promise<T> {
    const kept = await this.attempt(async (redis) => {
      const text = await redis.get(`aerie:${key}`);
      return text === null ? undefined : { value: JSON.parse(text) as T };
    });
    if (kept) return kept.value;
    const value = await make();
    await this.attempt((redis) => redis.set(`aerie:${key}`, JSON.stringify(value), 'EX', seconds));
    return value;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { REDIS_URL } = this.config.values;
    if (REDIS_URL === undefined) return;
    const { Redis } = await import('ioredis'); // saves 3 MiB where Redis is not used
    this.redis = new Redis(REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 2000, // the start waits for it
      commandTimeout: 50, // if it takes longer, computing the value is faster
      retryStrategy: (attempt) => Math.min(attempt * 200, 5000),
    });
    this.redis.on('error', (error: Error) => this.logger.warn(`Redis failed: ${error.message}`));
    await this.attempt((redis) => redis.connect());
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private async attempt<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    try {
      return this.redis && (await command(this.redis));
    } catch {
      return undefined; // logged by the error listener; operators see `state`
    }
  }
}
