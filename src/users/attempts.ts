import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';
import { Counter } from '../kernel/common/instruments.js';
import { Config } from '../kernel/config/config.js';
import { execute, type Rows } from '../kernel/database/statement.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';
import { tooManyAttempts } from '../kernel/http/attempts.errors.js';
import { clientNetwork } from '../kernel/http/client-address.js';

/** So many attempts within a span of time; from the `free`-th on each is followed by a wait, twice as long each time. */
interface Limit {
  readonly free: number;
  readonly max: number;
  readonly seconds: number;
}

interface Counted {
  readonly count: number;
  readonly since: Date;
}

const LIMITED = new Counter({
  name: 'aerie_rate_limited_total',
  help: 'Requests and attempts at passwords that a limit has refused, by limit: a name of the RateLimit header, or account.',
  labels: ['limit'],
});

const MINUTE = 60;
const DAY = 86_400;
const MAX_WAIT = 900;
/** What is left of a day's attempts once they are made to wait. */
const WAITING_ATTEMPTS = 95;

/** When the next may come after the `n`-th since then; null: at once. */
const untilAfter = (n: string, since: string) => `
  case when ${n} >= $4::int then ${since} + $5::int * interval '1 second'
       when ${n} >= $3::int then $2::timestamptz + least(power(2, ${n} - $3::int), ${MAX_WAIT}) * interval '1 second' end`;

/**
 * Counts an attempt, before it is known how it ends: however many come at once, no more get through than may. Gives no
 * row when it must wait. $1 key, $2 now, then the limit.
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

/** After a day nothing of it counts any more. */
const CLEAN_UP = `
  delete from attempts where key in (
    select key from attempts where since < now() - interval '1 day' and (until is null or until < now()) limit $1
  ) returning 1`;

/** Limits to guessing, shared by all processes. What is counted stays, though the request fails. */
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
   * Counts a request for where it comes from, and tells in its answer what is left (draft-ietf-httpapi-ratelimit-headers-11).
   * `name` is that of the limit. Throws tooManyAttempts.
   */
  async countRequest(request: Request, response: Response, name: string): Promise<void> {
    const { max, seconds } = this.perAddress;
    if (max === 0) return;
    const tell = (left: number, ms: number) =>
      response.setHeader('RateLimit', `"${name}";r=${left};t=${Math.max(Math.ceil(ms / 1000), 0)}`);
    response.setHeader('RateLimit-Policy', `"${name}";q=${max};w=${seconds}`);
    const key = `${name}:${clientNetwork(request)}`;
    const counted = await this.count(key, this.perAddress);
    if (counted) {
      tell(max - counted.count, counted.since.getTime() + seconds * 1000 - this.clock.now());
      return;
    }
    LIMITED.add({ limit: name });
    const ms = await this.waitOf(key);
    tell(0, ms);
    throw tooManyAttempts(ms);
  }

  /**
   * Counts an attempt at somebody's password as a failure, whether he exists or not. Returns whether it is the one after
   * which he has to wait for the first time. Throws tooManyAttempts while he has to.
   */
  async countFailure(asWhom: string): Promise<boolean> {
    const { free } = this.perAccount;
    if (free === 0) return false;
    const counted = await this.count(keyOf(asWhom), this.perAccount);
    if (counted) return counted.count === free;
    LIMITED.add({ limit: 'account' });
    throw tooManyAttempts(await this.waitOf(keyOf(asWhom)));
  }

  /** It was his password after all: all failures are forgotten. */
  async forgetFailures(asWhom: string): Promise<void> {
    if (this.perAccount.free > 0) await this.execute(FORGET, [keyOf(asWhom)]);
  }

  /** The attempt that was counted last has not been made. */
  async takeBack(asWhom: string): Promise<void> {
    if (this.perAccount.free > 0) await this.execute(TAKE_BACK, [keyOf(asWhom)]);
  }

  private async count(key: string, { free, max, seconds }: Limit): Promise<Counted | undefined> {
    const { rows } = await this.execute(COUNT, [key, new Date(this.clock.now()), free, max, seconds]);
    const [row] = rows as [number, Date][];
    return row && { count: row[0], since: row[1] };
  }

  private async waitOf(key: string): Promise<number> {
    const { rows } = await this.execute(WAITS_UNTIL, [key]);
    const [[until] = []] = rows as [Date | null][];
    return (until?.getTime() ?? 0) - this.clock.now();
  }

  private execute(text: string, values: unknown[]): Promise<Rows> {
    return outsideTransaction(() => execute(this.db, text, values));
  }
}

/** People type their passwords into the wrong field: what they wanted to sign in as is not kept. In any letter case it is one. */
function keyOf(asWhom: string): string {
  return `account:${createHash('sha256').update(asWhom.toLowerCase()).digest('base64url')}`;
}
