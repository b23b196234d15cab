import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller, UserRole } from '../kernel/access/access.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { AccessToken, type AccessScope } from './access-token.entity.js';
import { accessTokenHash, newAccessToken } from './access-token.js';
import type { AccessTokenCreate, AccessTokenMade } from './access-tokens.dto.js';
import { accessTokenNotFound } from './access-tokens.errors.js';
import { assertCallerUnchanged, lockAccount } from './locked-account.js';

const DAY_MS = 86_400_000;
/** Its last use is written down no more often than this. */
const USE_MS = 60_000;

/** Token and owner in one statement: it has not expired, and his account is active. */
const HOLDER = `
  select t.id, t.scope, t.last_used_at, u.id, u.role, u.email
  from access_tokens t join users u on u.id = t.user_id
  where t.token_hash = $1 and t.expires_at > $2 and u.is_active`;

const USED = `
  update access_tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)`;

/** Who is behind a token, and how far it reaches. */
interface Held {
  readonly scope: AccessScope;
  readonly caller: Caller;
}

@Injectable()
export class AccessTokensService {
  constructor(
    @InjectRepository(AccessToken) private readonly tokens: BaseRepository<AccessToken>,
    private readonly clock: Clock,
  ) {}

  /** Makes a token: this answer is the only one that tells it. Throws badCredentials. */
  make(caller: Caller, { name, scope, expires_in_days }: AccessTokenCreate): Promise<AccessTokenMade> {
    const token = newAccessToken();
    const token_hash = accessTokenHash(token)!;
    const expires_at = new Date(this.clock.now() + expires_in_days * DAY_MS);
    return transaction(this.tokens.manager, async (tx) => {
      await lockAccount(tx, caller.id);
      await assertCallerUnchanged(tx, caller, this.clock.now()); // a new password, say, has revoked all tokens meanwhile: it means this one, too
      const made = await this.tokens.insertOne({ user_id: caller.id, name, scope, token_hash, expires_at });
      const details = { token_id: made.id, scope };
      await audit(tx, { actor_id: caller.id, action: 'access_token.made', subject: `users/${caller.id}`, details });
      return { ...made, token };
    });
  }

  /** The caller's own, also those that have expired. */
  list(caller: Caller, page: PageQuery): Promise<Page<AccessToken>> {
    return this.tokens.where('user_id = :owner').page(page, { owner: caller.id });
  }

  /** From the next request on it is good no more. Throws accessTokenNotFound, also for somebody else's. */
  revoke(caller: Caller, id: number): Promise<void> {
    return transaction(this.tokens.manager, async (tx) => {
      const { affected } = await this.tokens.delete({ id, user_id: caller.id });
      if (affected !== 1) throw accessTokenNotFound(String(id));
      const details = { token_id: id };
      await audit(tx, { actor_id: caller.id, action: 'access_token.revoked', subject: `users/${caller.id}`, details });
    });
  }

  /** Who is behind a token that is good now. */
  async holderOf(token: string): Promise<Held | undefined> {
    const hash = accessTokenHash(token);
    if (hash === undefined) return undefined;
    const now = this.clock.now();
    const { rows } = await execute(this.tokens.manager, HOLDER, [hash, new Date(now)]);
    const [row] = rows as [number, AccessScope, Date | null, number, UserRole, string][];
    if (!row) return undefined;
    const [token_id, scope, last_used_at, id, role, email] = row;
    const before = now - USE_MS;
    if (!last_used_at || last_used_at.getTime() <= before)
      await execute(this.tokens.manager, USED, [token_id, new Date(now), new Date(before)]);
    return { scope, caller: { id, role, email, session_id: undefined } };
  }
}
