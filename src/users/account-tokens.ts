import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Jobs } from '../jobs/jobs.service.js';
import { deleteInBatches } from '../jobs/delete-in-batches.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../kernel/config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import type { Block } from '../mail/letter.js';
import { pageUrl } from '../mail/mail-links.js';
import { AccountToken, TokenPurpose } from './account-token.entity.js';

const MINUTE_MS = 60_000;
/** Nobody is mailed the same again sooner: who asks for another's account cannot fill his mailbox. */
const PAUSE_MS = MINUTE_MS;

interface Kind {
  readonly life_ms: number;
  /** What the button of the mail says. */
  readonly action: string;
  /** The page that takes the token, of the front end (`APP_URL`) or of Aerie. */
  readonly page: string;
}

const VERIFY = { life_ms: 24 * 60 * MINUTE_MS, page: 'verify-email' };

const KINDS: Readonly<Record<TokenPurpose, Kind>> = {
  password_reset: {
    life_ms: 30 * MINUTE_MS,
    action: 'Set a new password',
    page: 'reset-password',
  },
  email_verification: { ...VERIFY, action: 'Confirm the address' },
  email_change: { ...VERIFY, action: 'Use this address' },
};

/**
 * The newest counts. Another attempt at the same job comes with the same token, which it may not bring back to life; another
 * job has to wait for its turn, unless the one before is used up or went to another address.
 */
const ISSUE = `
  insert into account_tokens as t (user_id, purpose, email, token_hash, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (user_id, purpose) do update set
    email = excluded.email, token_hash = excluded.token_hash, used_at = null,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  where case when t.token_hash = excluded.token_hash then t.used_at is null
    else t.used_at is not null or t.created_at <= $7 or t.email <> excluded.email end
  returning 1`;
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

/** Tokens that go out by mail and come back once. */
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

  /** Whether the account was mailed such a token to this address within the last minute, and can still use it. */
  async isRecent({ user_id, purpose, email }: Pick<AccountToken, 'user_id' | 'purpose' | 'email'>): Promise<boolean> {
    const before = new Date(this.clock.now() - PAUSE_MS);
    return (await this.rows.where(RECENT).one({ user_id, purpose, email, before })) !== undefined;
  }

  /**
   * The token that a job mails to an address, made of its id and a key: the same at each attempt, so that the mail that came
   * through has the good one. The one before is good no more. Undefined: so soon, there is nothing to be mailed.
   */
  async issue(
    tx: EntityManager,
    job_id: string,
    { user_id, purpose, email }: Pick<AccountToken, 'user_id' | 'purpose' | 'email'>,
  ): Promise<string | undefined> {
    const key = Buffer.from(hkdfSync('sha256', this.config.values.JWT_SECRET, '', 'aerie:account-token', 32));
    const token = createHmac('sha256', key).update(`${purpose}:${user_id}:${job_id}`).digest('base64url');
    const now = this.clock.now();
    const [created_at, expires_at, before] = [now, now + KINDS[purpose].life_ms, now - PAUSE_MS].map(
      (ms) => new Date(ms),
    );
    const values = [user_id, purpose, email, hashOf(token), created_at, expires_at, before];
    const { rows } = await execute(tx, ISSUE, values);
    return rows.length > 0 ? token : undefined;
  }

  /**
   * The link by which a mail carries it: in the fragment, which browsers send nowhere, so that no log has it. Aerie's own
   * page can also be used without scripts, which cannot read the fragment: then the code is typed in.
   */
  shown(purpose: TokenPurpose, token: string): Block[] {
    const { action, page } = KINDS[purpose];
    const link = { action, url: `${pageUrl(this.config, page)}#token=${token}` };
    return this.config.values.APP_URL === undefined ? [link, 'If the page asks for a code:', { code: token }] : [link];
  }

  /** What a token is good for, if it is for one of these. */
  async find(token: string, purposes: readonly TokenPurpose[]): Promise<AccountToken | undefined> {
    const found = await this.rows.where(GOOD).one({ hash: hashOf(token), now: new Date(this.clock.now()) });
    return found && purposes.includes(found.purpose) ? found : undefined;
  }

  /** Uses it up; says when, or undefined if it is not good any more. Of requests that race, one gets it. */
  async use(tx: EntityManager, { token_hash, purpose }: AccountToken): Promise<Date | undefined> {
    const at = new Date(this.clock.now());
    const { rows } = await execute(tx, USE, [token_hash, purpose, at]);
    return rows.length > 0 ? at : undefined;
  }
}

/** What was mailed before does not count any more: for whenever an account's password or address changes, or it is disabled. */
export async function voidTokens(tx: EntityManager, user_id: number, at: Date): Promise<void> {
  await execute(tx, VOID, [user_id, at]);
}
