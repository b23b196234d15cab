import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { isIPv4 } from 'node:net';
import { RequestLimiter } from '../kernel/access/request-limiter.js';
import { Cache } from '../cache/cache.js';
import { Config } from '../config/config.js';
import { contextOf } from '../kernel/context/request-context.js';
import { Logger } from '../kernel/logging/logger.js';
import { tooManyRequests } from './rate-limit.errors.js';
import { clientNetwork } from '../kernel/http/client-address.js';
import type { ExpressRoutes } from '../kernel/http/express-routes.js';
import { countOverLimit, setRateLimit, type RateLimit } from './rate-limit-headers.js';
import { RateLimitLeases, type Store } from './rate-limit-leases.js';

// The general rate limit.

const MINUTE = 60;
/** The limit of an address without a sign-in, as a share of an account's limit. */
const ADDRESS_SHARE = 1 / 5;
/** A process takes an eighth of a caller's remaining requests from Redis at a time. */
const REDIS_SHARES = 8;
const SWEEP_MS = 30_000;

interface Counting {
  readonly limit: RateLimit;
  readonly leases: RateLimitLeases;
}

/**
 * Limits the requests per minute of each account, or of each address without a sign-in (REQUESTS_PER_MINUTE). All
 * processes count together in Redis. Without Redis, or while it does not respond, each process counts for itself.
 */
@Injectable()
export class RateLimiter extends RequestLimiter implements OnApplicationBootstrap, OnApplicationShutdown {
  private counting: { readonly user: Counting; readonly address: Counting } | undefined;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly cache: Cache,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    const { requestsPerMinute: quota } = this.config;
    if (quota === 0) return;
    const create = await this.storeFactory();
    const counting = (name: string, limit: number): Counting => ({
      limit: { name, quota: limit, seconds: MINUTE },
      leases: new RateLimitLeases(create.store(name, limit), limit, create.shares),
    });
    const { user, address } = (this.counting = {
      user: counting('user', quota),
      address: counting('address', Math.ceil(quota * ADDRESS_SHARE)),
    });
    this.sweeper = setInterval(() => [user, address].forEach(({ leases }) => leases.sweep()), SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeper);
  }

  override count(request: Request, response: Response, account: number | undefined): void | Promise<void> {
    if (this.counting === undefined || contextOf(request)?.contract?.returns.alwaysAdmitted) return undefined;
    const { limit, leases } = account === undefined ? this.counting.address : this.counting.user;
    const quota = leases.take(account === undefined ? addressOf(request) : String(account));
    const apply = ({ isRefused, left, ms }: Awaited<typeof quota>) => {
      setRateLimit(response, limit, left, ms);
      if (!isRefused) return;
      countOverLimit(limit.name);
      throw tooManyRequests(ms);
    };
    return quota instanceof Promise ? quota.then(apply) : apply(quota);
  }

  /**
   * Returns a function that creates counters: in Redis, or in the process while Redis does not respond. Without
   * REDIS_URL, only in the process.
   */
  private async storeFactory(): Promise<{ store: (name: string, points: number) => Store; shares: number }> {
    const { RateLimiterMemory, RateLimiterRedis } = await import('rate-limiter-flexible'); // only if there is a limit
    const redis = await this.cache.patientConnection();
    if (redis === undefined) {
      this.logger.log('REQUESTS_PER_MINUTE: without REDIS_URL, each process counts for itself');
      return { store: (_, points) => new RateLimiterMemory({ points, duration: MINUTE }), shares: 1 };
    }
    const store = (name: string, points: number): Store => {
      const limiter = new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `aerie:limit:${name}`,
        points,
        duration: MINUTE,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ points, duration: MINUTE }),
      });
      return {
        consume: (key, taken) => this.cache.patiently(limiter.consume(key, taken)),
        reward: (key, returned) => this.cache.patiently(limiter.reward(key, returned)),
      };
    };
    return { store, shares: REDIS_SHARES };
  }
}

/** Returns the middleware for requests that no route handles: counts the request, then responds with 404 or 405. */
export function limitUnrouted(limiter: () => RateLimiter | undefined, routes: ExpressRoutes): RequestHandler {
  return (request, response, next) => {
    const counting = async () => {
      if (!routes.isAlwaysAdmitted(request)) await limiter()?.count(request, response, undefined);
    };
    counting().then(() => routes.notFound(request, response, next), next);
  };
}

function addressOf(request: Request): string {
  const address = contextOf(request)?.address;
  return address !== undefined && isIPv4(address) ? address : clientNetwork(request);
}
