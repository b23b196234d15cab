import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { LogThrottle } from '../kernel/logging/log-throttle.js';
import { Logger } from '../kernel/logging/logger.js';

type CacheState = 'ok' | 'unavailable' | 'off';

/** How long a state is reused. */
const FRESH_MS = 1000;
/** The longest time that Redis may take for a cached value: then computing it is faster. */
const LOOKUP_MS = 50;
/** The longest time that Redis may take for a command that runs `patiently`, and for the check of its state. */
const PATIENCE_MS = 500;

/**
 * A cache shared by all processes: Redis if REDIS_URL is set, otherwise none. If Redis fails, every lookup is a miss.
 */
@Injectable()
export class Cache implements OnApplicationBootstrap, OnApplicationShutdown {
  private redis: Redis | undefined;
  private patient: Redis | undefined;
  private connecting: Promise<Redis | undefined> | undefined;
  private lastCheck = { at: -Infinity, state: Promise.resolve<CacheState>('off') };
  private readonly refusals = new LogThrottle();

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /**
   * Returns whether Redis now responds and accepts writes: a frozen Redis keeps its connections open, and one that is
   * full or follows another one still reads. `off` without REDIS_URL.
   */
  state(): Promise<CacheState> {
    const now = performance.now();
    if (now - this.lastCheck.at > FRESH_MS) this.lastCheck = { at: now, state: this.ask() };
    return this.lastCheck.state;
  }

  /** Returns the cached value, or the result of `make`, which is then cached for `seconds`. Values must be JSON. */
  async getOrCompute<T>(key: string, seconds: number, make: () => Promise<T>): Promise<T> {
    const kept = await this.attempt(LOOKUP_MS, async (redis) => {
      const text = await redis.get(`aerie:${key}`);
      return text === null ? undefined : { value: JSON.parse(text) as T };
    });
    if (kept) return kept.value;
    const value = await make();
    await this.attempt(LOOKUP_MS, (redis) => redis.set(`aerie:${key}`, JSON.stringify(value), 'EX', seconds));
    return value;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.connection();
  }

  /**
   * A second connection, for commands that have no other source, which run `patiently`. Undefined without REDIS_URL.
   */
  async patientConnection(): Promise<Redis | undefined> {
    const redis = await this.connection();
    if (redis === undefined || this.patient) return this.patient;
    this.patient = redis.duplicate();
    return this.opened(this.patient);
  }

  /**
   * Waits for a command of the patient connection. If Redis is frozen, closes the connection after 500 ms, so that
   * commands fail at once until Redis responds.
   */
  patiently<T>(command: Promise<T>): Promise<T> {
    return watched(command, PATIENCE_MS, () => this.patient?.stream.destroy(lateResponse(PATIENCE_MS)));
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
    this.patient?.disconnect();
  }

  private connection(): Promise<Redis | undefined> {
    return (this.connecting ??= this.connect());
  }

  private async connect(): Promise<Redis | undefined> {
    const { REDIS_URL } = this.config.values;
    if (REDIS_URL === undefined) return undefined;
    const { Redis } = await import('ioredis'); // saves 3 MiB where Redis is not used
    this.redis = new Redis(REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 2000, // the start waits for it
      retryStrategy: (attempt) => Math.min(attempt * 200, 5000),
    });
    return this.opened(this.redis);
  }

  /** Connects. If that fails or Redis is frozen, the connection goes on trying. */
  private async opened(redis: Redis): Promise<Redis> {
    redis.on('connect', () => limitHandshake(redis));
    redis.on('error', (error: Error) => this.logger.warn(`Redis failed: ${error.message}`));
    await redis.connect().catch(() => {});
    return redis;
  }

  private async ask(): Promise<CacheState> {
    if (!this.redis) return 'off';
    const written = await this.attempt(PATIENCE_MS, (redis) => redis.set('aerie:state', 'ok', 'EX', 60));
    return written === undefined ? 'unavailable' : 'ok';
  }

  /** Returns the result of a command, or undefined if it fails or takes longer than `ms`. */
  private async attempt<T>(ms: number, command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    try {
      return this.redis && (await inTime(command(this.redis), ms));
    } catch (error) {
      this.logRefusal(error as Error);
      return undefined; // failures of the connection are logged by the error listener; operators see `state`
    }
  }

  /** Logs that Redis has refused a command, once a second for each reason. The connection reports no such errors. */
  private logRefusal({ name, message }: Error): void {
    if (name === 'ReplyError' && this.refusals.admit(message) !== undefined)
      this.logger.warn(`Redis refuses a command: ${message}`);
  }
}

/** Closes a connection that is open but not ready in time, as with a frozen Redis. It then tries again. */
function limitHandshake(redis: Redis): void {
  const { stream } = redis;
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  redis.once('ready', resolve);
  stream.once('close', resolve);
  void watched(finished, PATIENCE_MS, () => stream.destroy(lateResponse(PATIENCE_MS)));
}

function inTime<T>(command: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  return Promise.race([watched(command, ms, () => reject(lateResponse(ms))), late]);
}

/**
 * Calls `onLate` if a command takes longer than `ms`. A process that was busy for so long first reads the response that
 * has arrived: immediates run after reading.
 */
function watched<T>(command: Promise<T>, ms: number, onLate: () => void): Promise<T> {
  let isPending = true;
  const timer = setTimeout(() => setImmediate(() => isPending && onLate()), ms);
  return command.finally(() => {
    isPending = false;
    clearTimeout(timer);
  });
}

const lateResponse = (ms: number) => new Error(`No response in ${ms} ms`);
