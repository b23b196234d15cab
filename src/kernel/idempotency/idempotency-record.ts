import type { EntityManager } from 'typeorm';
import { execute } from '../database/statement.js';
import { isLockTimeout } from '../errors/database-errors.js';
import type { SerializedResponse } from '../http/serialized-response.js';
import { keyReused, requestInProgressError } from './idempotency.errors.js';

// The row of an Idempotency-Key: claim it, store the response, find it again.

const LIFETIME_MS = 86_400_000;

/** Inserts the key, or takes over an expired one. Waits for a concurrent transaction with the same key to end. */
const CLAIM = `
  insert into idempotency_keys as held (caller_id, operation, key, fingerprint, expires_at) values ($1, $2, $3, $4, $5)
  on conflict (caller_id, operation, key) do update
    set fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = null, headers = null, body = null
    where held.expires_at <= $6
  returning 1`;
const WHERE_KEY = 'where caller_id = $1 and operation = $2 and key = $3';
const FIND = `select fingerprint, status, headers, body from idempotency_keys ${WHERE_KEY} and expires_at > $4`;
const SAVE_RESPONSE = `update idempotency_keys set status = $4, headers = $5, body = $6 ${WHERE_KEY}`;

/** What identifies a request that must run only once. */
export interface RecordIdentity {
  /** The caller's id; 0 for anonymous callers. */
  readonly caller_id: number;
  /** Method and path template: `POST /orders`. */
  readonly operation: string;
  readonly key: string;
  /**
   * The first one is stored in a new row. The others match rows written with retired secrets or by earlier releases.
   */
  readonly fingerprints: readonly Buffer[];
}

type StoredResponse = Pick<SerializedResponse, 'status' | 'headers' | 'body'>;

/** Reads and writes the row of one idempotency key. `now` returns milliseconds since 1970. */
export class IdempotencyRecord {
  private readonly keyValues: readonly unknown[];

  constructor(
    private readonly identity: RecordIdentity,
    private readonly now: () => number,
  ) {
    this.keyValues = [identity.caller_id, identity.operation, identity.key];
  }

  /** Returns the stored response of the first request, or undefined. Throws keyReused if it was another request. */
  async findResponse(db: EntityManager): Promise<StoredResponse | undefined> {
    const { rows } = await execute(db, FIND, [...this.keyValues, new Date(this.now())]);
    const [found] = rows as [Buffer, number, string[], string | null][];
    if (found === undefined) return undefined;
    const [fingerprint, status, headers, body] = found;
    if (!this.identity.fingerprints.some((one) => one.equals(fingerprint))) throw keyReused(this.identity.key);
    return { status, headers, body: body ?? undefined };
  }

  /**
   * Inserts the key's row in the transaction. Returns false if another request has used the key. Throws
   * requestInProgressError.
   */
  async claim(tx: EntityManager): Promise<boolean> {
    const now = this.now();
    const values = [...this.keyValues, this.identity.fingerprints[0], new Date(now + LIFETIME_MS), new Date(now)];
    try {
      const { rows } = await execute(tx, CLAIM, values);
      return rows.length > 0;
    } catch (error) {
      throw isLockTimeout(error) ? requestInProgressError() : error;
    }
  }

  /** Stores the response in the transaction. */
  async saveResponse(tx: EntityManager, { status, headers, body }: StoredResponse): Promise<void> {
    await execute(tx, SAVE_RESPONSE, [...this.keyValues, status, JSON.stringify(headers), body ?? null]);
  }
}
