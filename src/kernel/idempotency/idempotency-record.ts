import type { EntityManager } from 'typeorm';
import { execute } from '../database/statement.js';
import { isLockTimeout } from '../errors/database-errors.js';
import { SerializedResponse } from '../http/serialized-response.js';
import { anotherRequest, stillInFlight } from './errors.js';

const LIFE_MS = 86_400_000;

/** Waits for a transaction that has the same key and has not ended yet. An expired key is as good as none. */
const CLAIM = `
  insert into idempotency_keys as held (caller_id, operation, key, fingerprint, expires_at) values ($1, $2, $3, $4, $5)
  on conflict (caller_id, operation, key) do update
    set fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = null, headers = null, body = null
    where held.expires_at <= $6
  returning 1`;
const ROW = 'where caller_id = $1 and operation = $2 and key = $3';
const LOOK_UP = `select fingerprint, status, headers, body from idempotency_keys ${ROW} and expires_at > $4`;
const KEEP = `update idempotency_keys set status = $4, headers = $5, body = $6 ${ROW}`;

/** What names a request that is to happen once. */
export interface Identity {
  /** The caller's id; 0 for an anonymous one. */
  readonly caller_id: number;
  /** Method and path template: `POST /orders`. */
  readonly operation: string;
  readonly key: string;
  /** The first is for a new row; the others find rows that were made with retired secrets, or of a request's bytes. */
  readonly fingerprints: readonly Buffer[];
}

/** The row of an idempotency key. `now` is in milliseconds since 1970. */
export class IdempotencyRecord {
  private readonly row: readonly unknown[];

  constructor(
    private readonly identity: Identity,
    private readonly now: () => number,
  ) {
    this.row = [identity.caller_id, identity.operation, identity.key];
  }

  /** The answer of the first request, to be given again; undefined where there was none. Throws anotherRequest. */
  async answer(db: EntityManager): Promise<SerializedResponse | undefined> {
    const { rows } = await execute(db, LOOK_UP, [...this.row, new Date(this.now())]);
    const [found] = rows as [Buffer, number, string[], string | null][];
    if (found === undefined) return undefined;
    const [fingerprint, status, headers, body] = found;
    if (!this.identity.fingerprints.some((one) => one.equals(fingerprint))) throw anotherRequest(this.identity.key);
    return new SerializedResponse(status, [...headers, 'Idempotency-Replayed', 'true'], body ?? undefined);
  }

  /** Writes the key's row with the transaction. False if another request has it. Throws stillInFlight. */
  async claim(tx: EntityManager): Promise<boolean> {
    const now = this.now();
    const values = [...this.row, this.identity.fingerprints[0], new Date(now + LIFE_MS), new Date(now)];
    try {
      const { rows } = await execute(tx, CLAIM, values);
      return rows.length > 0;
    } catch (error) {
      throw isLockTimeout(error) ? stillInFlight() : error;
    }
  }

  /** Keeps the answer with the transaction. */
  async keep(tx: EntityManager, { status, headers, body }: SerializedResponse): Promise<void> {
    await execute(tx, KEEP, [...this.row, status, JSON.stringify(headers), body ?? null]);
  }
}
