import type { Request, Response } from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import type { Expected } from '../deadlines.js';
import type { Contract, Input } from './contract.js';
import type { Preconditions } from './preconditions.js';

/** A request that has an idempotency key: whatever happens, it happens once (kernel/idempotency/keyed-request.ts). */
export interface Keyed {
  recall(): Promise<void>;
  run<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T>;
  settle(answer: { status: number; headers: readonly string[]; body: string | undefined }): Promise<void>;
  refused(error: unknown): Promise<unknown>;
}

/** What the kernel knows of one request while it is answered. */
export interface Exchange extends Expected {
  readonly id: string;
  readonly response: Response;
  /** `performance.now()` when it came in. */
  readonly began: number;
  /** Milliseconds in which at least one of its SQL statements ran. */
  database_ms: number;
  /** How many run now, and since when at least one does. */
  database_now?: { running: number; since: number };
  contract?: Contract;
  /** The route's path template. */
  route?: string;
  inputs?: ReadonlyMap<Input, unknown>;
  preconditions?: Preconditions | undefined;
  keyed?: Keyed | undefined;
  /** Answers it with an error, when it takes too long. */
  fail?: (error: Error) => void;
  /** It took too long and has been answered: what still comes of it is thrown away. */
  isLate?: true;
  /** Of `abandonment()`. */
  abandoned?: AbortController;
}

const EXCHANGE = Symbol('exchange');
const current = new AsyncLocalStorage<Exchange>();

export function exchangeOf(request: object): Exchange {
  return (request as { [EXCHANGE]: Exchange })[EXCHANGE];
}

/** Runs what answers the request; all that it awaits finds the exchange by `currentExchange()`. */
export function within(request: Request, exchange: Exchange, work: () => void): void {
  (request as Partial<Record<typeof EXCHANGE, Exchange>>)[EXCHANGE] = exchange;
  current.run(exchange, work);
}

/** The request that this code runs for, if any. */
export function currentExchange(): Exchange | undefined {
  return current.getStore();
}
