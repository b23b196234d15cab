import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { JobAttempt } from '../jobs/job-attempt.js';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import type { Block } from '../mail/letter.js';
import { pageUrl } from '../mail/mail-links.js';
import { AccountToken, TokenPurpose } from './account-token.entity.js';

const MINUTE_MS = 60_000;
/**
 * The minimum interval between mails with the same purpose to the same address, so that strangers cannot flood a
 * mailbox.
 */
const PAUSE_MS = MINUTE_MS;

/** Whose token it is, what it is for, and where it is sent. */
type Target = Pick<AccountToken, 'user_id' | 'purpose' | 'email'>;

interface Kind {
  readonly life_ms: number;
  /** The label of the button in the mail. */
  readonly action: string;
  /** The path of the page that accepts the token, on the front end (`APP_URL`) or on Aerie itself. */
  readonly page: string;
  /** What to do if the mail was not requested. */
  readonly otherwise: string;
}

const VERIFY = { life_ms: 24 * 60 * MINUTE_MS, page: 'verify-email' };

const KINDS: Readonly<Record<TokenPurpose, Kind>> = {
  password_reset: {
    life_ms: 30 * MINUTE_MS,
    action: 'Set a new password',
    page: 'reset-password',
    otherwise: 'If you did not request this, ignore this mail. Your password stays the same.',
  },
  email_verification: {
    ...VERIFY,
    action: 'Confirm e-mail address',
    otherwise: 'If this account is not yours, ignore this mail.', // an admin or an import may have created it
  },
  email_change: {
    ...VERIFY,
    action: 'Use this e-mail address',
    otherwise: 'If you did not request this, ignore this mail.',
  },
};

/** Stores a token in place of the account's previous one with this purpose. */
const PUT = `
  insert into account_tokens as t (user_id, purpose, email, token_hash, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (user_id, purpose) do update set
    email = excluded.email, token_hash = excluded.token_hash, used_at = null,
    created_at = excluded.created_at, expires_at = excluded.expires_at`;
/**
 * The same by a job. A retry of the job renews its own token unless it was already used. The token of another job is
 * replaced only if it is older than this job ($8), and was used, was sent to another address, or is older than the
 * pause ($7). Otherwise no row is returned.
 */
const PUT_LATER = `${PUT}
  where case when t.token_hash = excluded.token_hash then t.used_at is null
    else t.created_at <= $8 and (t.used_at is not null or t.created_at <= $7 or t.email <> excluded.email) end
  returning 1`;
const RENEW = `
  update account_tokens set created_at = $5, expires_at = $6
  where user_id = $1 and purpose = $2 and email = $3 and token_hash = $4 and used_at is null returning 1`;
const USE = `
  update account_tokens set used_at = $3
  where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 returning 1`;
const VOID = `
  update account_tokens set used_at = $2
  where user_id = $1 and purpose in ('password_reset', 'email_change') and used_at is null`;
const FORGET = `
  delete from account_tokens where (user_id, purpose) in (
    select user_id, purpose from account_tokens where expires_at < now() - interval '1 day' limit $1
  ) returning 1`;

const RECENT =
  'user_id = :user_id and purpose = :purpose and email = :email and used_at is null and created_at > :before';
const GOOD = 'token_hash = :hash and used_at is null and expires_at > :now';

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/** Issues, finds and uses the single-use tokens that are sent by mail. */
@Injectable()
export class AccountTokens implements OnModuleInit {
  constructor(
    @InjectRepository(AccountToken) private readonly rows: BaseRepository<AccountToken>,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.every('29 3 * * *', 'account-token-clean-up', (job) => deleteInBatches(job, FORGET));
  }

  /** Whether such a token was sent to this address within the last minute and has not been used or voided. */
  async isRecent({ user_id, purpose, email }: Target): Promise<boolean> {
    const before = new Date(this.clock.now() - PAUSE_MS);
    return (await this.rows.where(RECENT).one({ user_id, purpose, email, before })) !== undefined;
  }

  /**
   * Issues the token that a job will mail to an address, in the request that enqueues the job. It replaces the account's
   * previous token of this purpose. The job then calls `renew`.
   */
  async issue(tx: EntityManager, job_id: string, target: Target): Promise<void> {
    await execute(tx, PUT, this.rowOf(target, this.tokenOf(target, job_id)));
  }

  /**
   * Returns the token that the request issued for this job, valid from now on. Returns undefined if there is nothing to
   * send, because the token was used, voided or replaced by a newer one since. A job that waits for the mail server must
   * not undo that.
   */
  async renew(tx: EntityManager, job_id: string, target: Target): Promise<string | undefined> {
    const token = this.tokenOf(target, job_id);
    const { rows } = await execute(tx, RENEW, this.rowOf(target, token));
    return rows.length > 0 ? token : undefined;
  }

  /**
   * Issues the token that a job mails to an address, for jobs whose request issues none. It replaces the account's
   * previous token of this purpose. Returns undefined if there is nothing to send, because the previous token is too
   * recent or newer than the job, or this one was already used.
   */
  async issueLater(
    tx: EntityManager,
    { id, created_at }: Pick<JobAttempt, 'id' | 'created_at'>,
    target: Target,
  ): Promise<string | undefined> {
    const token = this.tokenOf(target, id);
    const before = new Date(this.clock.now() - PAUSE_MS);
    const { rows } = await execute(tx, PUT_LATER, [...this.rowOf(target, token), before, created_at]);
    return rows.length > 0 ? token : undefined;
  }

  /**
   * Returns the blocks of a mail that contain the token, and what to do if the mail was not requested. The link has the
   * token in the fragment, which browsers do not send to servers, so it appears in no log. Only a script can read the
   * fragment. Aerie's own page also works without scripts: for it, the mail also contains the token as a code to type
   * in.
   */
  shown(purpose: TokenPurpose, token: string): Block[] {
    const { action, page, otherwise } = KINDS[purpose];
    const link = { action, url: `${pageUrl(this.config, page)}#token=${token}` };
    if (this.config.values.APP_URL !== undefined) return [link, otherwise];
    return [link, 'If the page asks for a code:', { code: token }, otherwise];
  }

  /** Returns the stored token if it is valid and has one of these purposes; otherwise undefined. */
  async find(token: string, purposes: readonly TokenPurpose[]): Promise<AccountToken | undefined> {
    const found = await this.rows.where(GOOD).one({ hash: hashOf(token), now: new Date(this.clock.now()) });
    return found && purposes.includes(found.purpose) ? found : undefined;
  }

  /**
   * Marks the token as used. Returns the time, or undefined if it is no longer valid. If requests race, only one
   * succeeds.
   */
  async use(tx: EntityManager, { token_hash, purpose }: AccountToken): Promise<Date | undefined> {
    const at = new Date(this.clock.now());
    const { rows } = await execute(tx, USE, [token_hash, purpose, at]);
    return rows.length > 0 ? at : undefined;
  }

  /** Derives the token from the job's id and a key, so that all attempts of the job mail the same token. */
  private tokenOf({ user_id, purpose }: Target, job_id: string): string {
    const key = Buffer.from(hkdfSync('sha256', this.config.values.JWT_SECRET, '', 'aerie:account-token', 32));
    return createHmac('sha256', key).update(`${purpose}:${user_id}:${job_id}`).digest('base64url');
  }

  /** Returns the values $1 to $6 of a token that is valid from now on. */
  private rowOf({ user_id, purpose, email }: Target, token: string): unknown[] {
    const now = this.clock.now();
    return [user_id, purpose, email, hashOf(token), new Date(now), new Date(now + KINDS[purpose].life_ms)];
  }
}

/**
 * Voids an account's tokens for password resets and address changes. Called when its password or address changes, or
 * when it is disabled.
 */
export async function voidTokens(tx: EntityManager, user_id: number, at: Date): Promise<void> {
  await execute(tx, VOID, [user_id, at]);
}
