import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import { execute } from '../database/statement.js';
import { begin, type OpenTransaction } from '../database/transaction.js';
import { AppError } from '../errors/app-error.js';
import { isLockTimeout } from '../errors/database-errors.js';
import type { Caller } from '../access/access.js';
import { payloadOf } from '../http/body.js';
import type { Keyed } from '../http/contract.js';
import { anotherRequest, Replay, stillInFlight, type KeptAnswer } from './errors.js';
import { fingerprint } from './fingerprint.js';

const LIFE_MS = 86_400_000;
const NOBODY = 0;

/** Waits for a transaction that has the same key and is not at its end yet. An expired key is as good as none. */
const CLAIM = `
  insert into idempotency_keys as held (caller_id, operation, key, fingerprint, expires_at) values ($1, $2, $3, $4, $5)
  on conflict (caller_id, operation, key) do update
    set fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = null, headers = null, body = null
    where held.expires_at <= $6
  returning 1`;
const ROW = 'where caller_id = $1 and operation = $2 and key = $3';
const LOOK_UP = `select fingerprint, status, headers, body from idempotency_keys ${ROW} and expires_at > $4 and status is not null`;
const KEEP = `update idempotency_keys set status = $4, headers = $5, body = $6 ${ROW}`;
const GIVE_UP = `delete from idempotency_keys ${ROW}`;

/** What of the application a keyed request needs. */
export interface Surroundings {
  readonly db: EntityManager;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Keys for fingerprints: the first makes new ones, those of before are still known. */
  readonly keys: readonly Buffer[];
}

/**
 * A request with an idempotency key. Its one transaction begins with the key's row and is left open when the service has
 * done its work, until the answer is known: key, effect and answer are committed together, and only then the answer leaves.
 */
export class KeyedRequest implements Keyed {
  private open: OpenTransaction | undefined;
  private recalled: Promise<void> | undefined;

  constructor(
    private readonly request: Request & { user?: Caller },
    private readonly operation: string,
    private readonly key: string,
    private readonly surroundings: Surroundings,
  ) {}

  /**
   * Ends the request here if it was answered before; to be asked when it is judged good, and before anything is done for
   * it: what the service would find now is what the first one has made of it. Throws Replay, anotherRequest.
   */
  recall(): Promise<void> {
    return (this.recalled ??= this.lookUp(this.surroundings.db));
  }

  /**
   * Does the work, if this is the first request with the key. An AppError that the work returns is thrown after the commit
   * (auth/locked-account.ts), so that it is committed here, without an answer to keep. Throws Replay, stillInFlight,
   * anotherRequest.
   */
  async run<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    if (this.open) throw new Error(`${this.operation} begins a second transaction: a key belongs to one`);
    const open = await begin(db);
    try {
      await this.claim(open.tx);
      const outcome = await work(open.tx);
      if (outcome instanceof AppError) {
        await execute(open.tx, GIVE_UP, this.row());
        await open.commit();
      } else this.open = open;
      return outcome;
    } catch (error) {
      await open.rollback();
      throw error;
    }
  }

  /** Keeps the answer and commits. Nothing is kept where nothing was begun. */
  async settle({ status, headers, body }: KeptAnswer): Promise<void> {
    const open = this.take();
    if (open === undefined) return;
    try {
      await execute(open.tx, KEEP, [...this.row(), status, JSON.stringify(headers), body ?? null]);
      await open.commit();
    } catch (error) {
      await open.rollback();
      throw error;
    }
  }

  /** Nobody is there to get an answer: what is not committed yet has not happened. */
  async abandon(): Promise<void> {
    await this.take()?.rollback();
  }

  /**
   * The answer is an error: the same holds. But what the service has refused may be what the first request, committed
   * since `recall()`, has made of it: then its answer is returned, as a Replay.
   */
  async refused(error: unknown): Promise<unknown> {
    await this.abandon();
    if (this.recalled === undefined || error instanceof Replay) return error;
    try {
      await this.lookUp(this.surroundings.db);
      return error;
    } catch (found) {
      return found instanceof Replay ? found : error;
    }
  }

  private take(): OpenTransaction | undefined {
    const { open } = this;
    this.open = undefined;
    return open;
  }

  private async claim(tx: EntityManager): Promise<void> {
    const now = this.surroundings.now();
    const times = [new Date(now + LIFE_MS), new Date(now)];
    if (!(await inserted(tx, [...this.row(), this.fingerprints()[0], ...times]))) await this.lookUp(tx);
  }

  private async lookUp(db: EntityManager): Promise<void> {
    const { rows } = await execute(db, LOOK_UP, [...this.row(), new Date(this.surroundings.now())]);
    const [found] = rows as [Buffer, number, string[], string | null][];
    if (found === undefined) return;
    const [print, status, headers, body] = found;
    if (!this.fingerprints().some((one) => one.equals(print))) throw anotherRequest(this.key);
    throw new Replay({ status, headers, body: body ?? undefined });
  }

  /** Known only now: the body is read and the guard has let the caller in. */
  private fingerprints(): Buffer[] {
    const { method, url, headers, user } = this.request;
    const { bytes: body } = payloadOf(this.request);
    const request = { method, url, contentType: headers['content-type'], body, role: user?.role };
    return this.surroundings.keys.map((key) => fingerprint(key, request));
  }

  private row(): unknown[] {
    return [this.request.user?.id ?? NOBODY, this.operation, this.key];
  }
}

async function inserted(tx: EntityManager, values: unknown[]): Promise<boolean> {
  try {
    const { rows } = await execute(tx, CLAIM, values);
    return rows.length > 0;
  } catch (error) {
    throw isLockTimeout(error) ? stillInFlight() : error;
  }
}
