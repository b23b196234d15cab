import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../config/config.js';
import type { ArrayResult } from '../kernel/database/array-query.js';
import { execute } from '../kernel/database/statement.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';
import { tooManyAttempts } from '../rate-limit/rate-limit.errors.js';
import { clientNetwork } from '../kernel/http/client-address.js';
import { mailboxOf } from '../kernel/validation/email-address.js';
import { countOverLimit, setRateLimit } from '../rate-limit/rate-limit-headers.js';

/** At most `max` attempts per window. From the `free`-th on, each is followed by a delay, which doubles every time. */
interface Limit {
  readonly free: number;
  readonly max: number;
  readonly seconds: number;
}

interface Counted {
  readonly count: number;
  readonly since: Date;
}

const MINUTE = 60;
const DAY = 86_400;
const MAX_WAIT = 900;
/** The number of attempts per day after the free ones. Each of them is delayed. */
const WAITING_ATTEMPTS = 95;
/** For the mails that an account requests for one address, so that no user can flood a stranger's mailbox. */
const PER_MAILBOX: Limit = { free: 1, max: 1, seconds: MINUTE };

/**
 * Returns the SQL for when the next attempt is allowed after the `n`-th of a window that began at `since`. Null: at
 * once.
 */
const untilAfter = (n: string, since: string) => `
  case when ${n} >= $4::int then ${since} + $5::int * interval '1 second'
       when ${n} >= $3::int then $2::timestamptz + least(power(2, ${n} - $3::int), ${MAX_WAIT}) * interval '1 second' end`;

/**
 * Counts an attempt before its result is known, so that concurrent attempts cannot exceed the limit. Returns no row if
 * the attempt must wait. Parameters: $1 key, $2 now, $3 to $5 the limit (free, max, seconds).
 */
const COUNT = `
  insert into attempts as a (key, count, since, until)
  values ($1, 1, $2::timestamptz, ${untilAfter('1', '$2::timestamptz')})
  on conflict (key) do update set (count, since, until) = (
    select n, s, ${untilAfter('n', 's')} from (
      select case when is_over then 1 else a.count + 1 end as n, case when is_over then $2::timestamptz else a.since end as s
      from (select a.since <= $2::timestamptz - $5::int * interval '1 second' as is_over) span
    ) next
  )
  where a.until is null or a.until <= $2::timestamptz
  returning count, since`;

const WAITS_UNTIL = 'select until from attempts where key = $1';
const FORGET = 'delete from attempts where key = $1';
const TAKE_BACK = `
  with last as (delete from attempts where key = $1 and count = 1)
  update attempts set count = count - 1, until = null where key = $1 and count > 1`;

/** Deletes counters whose window is over. No window is longer than a day. */
const CLEAN_UP = `
  delete from attempts where key in (
    select key from attempts where since < now() - interval '1 day' and (until is null or until < now()) limit $1
  ) returning 1`;

/**
 * Rate limits against guessing and unwanted mails, shared by all processes. Counts of attempts are kept even if the
 * request fails.
 */
@Injectable()
export class Attempts implements OnModuleInit {
  private readonly perAddress: Limit;
  private readonly perAccount: Limit;

  constructor(
    private readonly db: EntityManager,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    @Inject(Config) { attemptsPerMinute, freeFailures }: Config,
  ) {
    this.perAddress = { free: attemptsPerMinute, max: attemptsPerMinute, seconds: MINUTE };
    this.perAccount = { free: freeFailures, max: freeFailures + WAITING_ATTEMPTS, seconds: DAY };
  }

  onModuleInit(): void {
    this.jobs.every('23 * * * *', 'attempt-clean-up', (job) => deleteInBatches(job, CLEAN_UP));
  }

  /**
   * Counts a request for the client's network and sets the rate limit headers of the response
   * (draft-ietf-httpapi-ratelimit-headers-11). `name` is the name of the limit. Throws tooManyAttempts.
   */
  async countRequest(request: Request, response: Response, name: string): Promise<void> {
    const { max, seconds } = this.perAddress;
    if (max === 0) return;
    const limit = { name, quota: max, seconds };
    const key = `${name}:${clientNetwork(request)}`;
    const counted = await this.count(key, this.perAddress);
    if (counted) {
      setRateLimit(response, limit, max - counted.count, counted.since.getTime() + seconds * 1000 - this.clock.now());
      return;
    }
    countOverLimit(name);
    const ms = await this.waitOf(key);
    setRateLimit(response, limit, 0, ms);
    throw tooManyAttempts(ms);
  }

  /**
   * Counts a password attempt as a failure before the password is checked, whether the account exists or not. Returns
   * whether the first delay starts with this attempt. Throws tooManyAttempts during a delay.
   */
  async countFailure(asWhom: string): Promise<boolean> {
    const { free } = this.perAccount;
    if (free === 0) return false;
    const counted = await this.count(keyOf(asWhom), this.perAccount);
    if (counted) return counted.count === free;
    countOverLimit('account');
    throw tooManyAttempts(await this.waitOf(keyOf(asWhom)));
  }

  /** Deletes the counted failures, after a correct password. */
  async forgetFailures(asWhom: string): Promise<void> {
    if (this.perAccount.free > 0) await this.execute(FORGET, [keyOf(asWhom)]);
  }

  /** Undoes the last count, for an attempt that was not made. */
  async takeBack(asWhom: string): Promise<void> {
    if (this.perAccount.free > 0) await this.execute(TAKE_BACK, [keyOf(asWhom)]);
  }

  /**
   * Counts a mail that an account requests for an address, in the transaction of the request. Returns false within a
   * minute of the previous one.
   */
  async countMail(tx: EntityManager, user_id: number, email: string): Promise<boolean> {
    const { rows } = await execute(tx, COUNT, this.valuesOf(keyOf(`mail ${user_id} ${email}`), PER_MAILBOX));
    return rows.length > 0;
  }

  private async count(key: string, limit: Limit): Promise<Counted | undefined> {
    const { rows } = await this.execute(COUNT, this.valuesOf(key, limit));
    const [row] = rows as [number, Date][];
    return row && { count: row[0], since: row[1] };
  }

  private valuesOf(key: string, { free, max, seconds }: Limit): unknown[] {
    return [key, new Date(this.clock.now()), free, max, seconds];
  }

  private async waitOf(key: string): Promise<number> {
    const { rows } = await this.execute(WAITS_UNTIL, [key]);
    const [[until] = []] = rows as [Date | null][];
    return (until?.getTime() ?? 0) - this.clock.now();
  }

  private execute(text: string, values: unknown[]): Promise<ArrayResult> {
    return outsideTransaction(() => execute(this.db, text, values));
  }
}

/** Deletes the counted failures of an account that got a new password. */
export async function forgetFailuresOf(db: EntityManager, { id, email }: { id: number; email: string }): Promise<void> {
  for (const asWhom of [`id ${id}`, `name ${mailboxOf(email)}`]) await execute(db, FORGET, [keyOf(asWhom)]);
}

/**
 * Returns the key of a sign-in name or address. It is hashed, since people sometimes type their password into the wrong
 * field. Letter case is ignored.
 */
function keyOf(asWhom: string): string {
  return `account:${createHash('sha256').update(asWhom.toLowerCase()).digest('base64url')}`;
}
