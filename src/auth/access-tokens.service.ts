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
import { TokenCache } from './token-cache.js';
import { assertCallerUnchanged, lockAccount } from './account-transaction.js';

// Personal access tokens: create, list, revoke, authenticate.

const DAY_MS = 86_400_000;
/** The minimum interval between updates of `last_used_at`. */
const LAST_USED_INTERVAL_MS = 60_000;

/** How long the owner of a token is remembered for `ownerOf`. */
const OWNER_MS = 60_000;

/** Selects a token and its owner, if the token has not expired and the account is active. */
const FIND_TOKEN = `
  select t.id, t.scope, t.last_used_at, u.id, u.role, u.email
  from access_tokens t join users u on u.id = t.user_id
  where t.token_hash = $1 and t.expires_at > $2 and u.is_active`;

const UPDATE_LAST_USED = `
  update access_tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)`;

/** The caller and scope of a valid token. */
interface AuthenticatedToken {
  readonly scope: AccessScope;
  readonly caller: Caller;
}

@Injectable()
export class AccessTokensService {
  /** The owners of tokens that were valid until a minute ago, by token. */
  private readonly owners = new TokenCache<{ readonly id: number; readonly until: number }>();

  constructor(
    @InjectRepository(AccessToken) private readonly tokens: BaseRepository<AccessToken>,
    private readonly clock: Clock,
  ) {}

  /** Creates a token. Only this response contains its value. Throws badCredentials. */
  create(caller: Caller, { name, scope, expires_in_days }: AccessTokenCreate): Promise<AccessTokenMade> {
    const token = newAccessToken();
    const token_hash = accessTokenHash(token)!;
    const expires_at = new Date(this.clock.now() + expires_in_days * DAY_MS);
    return transaction(this.tokens.manager, async (tx) => {
      await lockAccount(tx, caller.id);
      // a concurrent password reset, which revokes all tokens, must also apply to this one
      await assertCallerUnchanged(tx, caller, this.clock.now());
      const made = await this.tokens.insertOne({ user_id: caller.id, name, scope, token_hash, expires_at });
      const details = { token_id: made.id, scope };
      await audit(tx, { actor_id: caller.id, action: 'access_token.made', subject: `users/${caller.id}`, details });
      return { ...made, token };
    });
  }

  /** Lists the caller's tokens, including expired ones. */
  list(caller: Caller, page: PageQuery): Promise<Page<AccessToken>> {
    return this.tokens.where('user_id = :owner').page(page, { owner: caller.id });
  }

  /** Deletes a token. Throws accessTokenNotFound, also for another account's token. */
  revoke(caller: Caller, id: number): Promise<void> {
    return transaction(this.tokens.manager, async (tx) => {
      const { affected } = await this.tokens.delete({ id, user_id: caller.id });
      if (affected !== 1) throw accessTokenNotFound(String(id));
      const details = { token_id: id };
      await audit(tx, { actor_id: caller.id, action: 'access_token.revoked', subject: `users/${caller.id}`, details });
    });
  }

  /** Returns the caller and scope of a token; undefined if it is not valid now. Updates `last_used_at`. */
  async authenticate(token: string): Promise<AuthenticatedToken | undefined> {
    const hash = accessTokenHash(token);
    if (hash === undefined) return undefined;
    const now = this.clock.now();
    const { rows } = await execute(this.tokens.manager, FIND_TOKEN, [hash, new Date(now)]);
    const [row] = rows as [number, AccessScope, Date | null, number, UserRole, string][];
    if (!row) return undefined;
    const [token_id, scope, last_used_at, id, role, email] = row;
    const before = now - LAST_USED_INTERVAL_MS;
    if (!last_used_at || last_used_at.getTime() <= before)
      await execute(this.tokens.manager, UPDATE_LAST_USED, [token_id, new Date(now), new Date(before)]);
    this.owners.add(token, { id, until: now + OWNER_MS });
    return { scope, caller: { id, role, email, session_id: undefined } };
  }

  /**
   * Returns the account id of a token's owner; undefined if the token is not valid, or if the database is unavailable.
   * Reads the database at most once a minute for each valid token, so that public routes stay fast.
   */
  ownerOf(token: string): number | undefined | Promise<number | undefined> {
    const known = this.owners.get(token);
    if (known !== undefined && known.until > this.clock.now()) return known.id;
    return this.authenticate(token).then(
      (held) => held?.caller.id,
      () => undefined,
    );
  }
}
