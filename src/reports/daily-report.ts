import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { EntityManager } from 'typeorm';
import { jobKind } from '../jobs/job-kind.js';
import type { JobAttempt } from '../jobs/job-attempt.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Config } from '../config/config.js';
import { execute } from '../kernel/database/statement.js';
import { MAX_ID } from '../kernel/database/ids.js';
import { letter } from '../mail/letter.js';
import { Mailer } from '../mail/mailer.js';
import { money } from '../mail/money.js';

const DAY_MS = 86_400_000;

/** The figures of a day (UTC). */
class DailyReportPayload {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;

  /** e.g. `2026-07-31` */
  @IsString()
  @MaxLength(10)
  day!: string;

  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  orders!: number;

  /** Does not include cancelled orders. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revenue_cents!: number;

  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  accounts!: number;
}

/** Mails the report of a day to one admin. */
const DailyReportMail = jobKind('daily-report-mail', DailyReportPayload);

const FIGURES = `
  select (select count(*) from orders where created_at >= $1 and created_at < $2),
    (select coalesce(sum(total_cents), 0) from orders where created_at >= $1 and created_at < $2 and status <> 'cancelled'),
    (select count(*) from users where created_at >= $1 and created_at < $2)`;
const ADMINS = `select id from users where role = 'admin' and is_active order by id`;
const ADDRESS = `select email, name from users where id = $1 and role = 'admin' and is_active`;

/** Mails every admin in the morning the figures of the previous day. */
@Injectable()
export class DailyReport implements OnModuleInit {
  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.every('0 6 * * *', 'daily-report', (job) => this.draw(job));
    this.jobs.handle(DailyReportMail, (payload, { id }) => this.send(payload, id));
  }

  /** Computes the figures once, so that they are the same for all admins. */
  private draw(job: JobAttempt): Promise<void> {
    const end = Math.floor(job.created_at.getTime() / DAY_MS) * DAY_MS;
    const day = new Date(end - DAY_MS);
    return job.finish(async (tx) => {
      const { rows } = await execute(tx, FIGURES, [day, new Date(end)]);
      const [orders, revenue_cents, accounts] = rows[0]!.map(Number) as [number, number, number];
      const figures = { day: day.toISOString().slice(0, 10), orders, revenue_cents, accounts };
      const { rows: admins } = await execute(tx, ADMINS, []);
      for (const [user_id] of admins as [number][]) {
        await this.jobs.enqueue(tx, DailyReportMail, { user_id, ...figures }, user_id);
      }
    });
  }

  /** Sends the report, unless the user is no longer an active admin. */
  private async send({ user_id, day, ...figures }: DailyReportPayload, id: string): Promise<void> {
    const { rows } = await execute(this.db, ADDRESS, [user_id]);
    const [admin] = rows as [string, string][];
    if (!admin) return;
    const [to, name] = admin;
    const subject = `Aerie report for ${day}`;
    const facts = [
      ['Orders', String(figures.orders)],
      ['Revenue', money(figures.revenue_cents, this.config.values.CURRENCY)],
      ['New accounts', String(figures.accounts)],
    ] as const;
    const why = { sentBecause: 'you are an admin of Aerie' };
    const rendered = letter(subject, `Hello ${name},`, `These are the figures for ${day} (UTC).`, { facts }, why);
    await this.mailer.send({ id, to, subject, ...rendered });
  }
}
