import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { availableParallelism } from 'node:os';
import { audit } from '../audit/audit.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';
import { Logger } from '../kernel/logging/logger.js';
import { ThreadPool } from '../threads/thread-pool.js';
import type { Loc } from '../kernel/errors/validation-failed.js';
import { Attempts, forgetFailuresOf } from './attempts.js';
import { PasswordRules, type PasswordOwner } from './password-rules.js';
import type { PasswordDone, PasswordTask } from './password.worker.js';
import { User } from './user.entity.js';
import { tooManyPasswords } from './users.errors.js';

const REHASH = 'update users set password_hash = $3 where id = $1 and password_hash = $2 returning id';

/** Hashes and compares passwords on worker threads, as many at once as the machine has cores. */
@Injectable()
export class Passwords implements OnApplicationShutdown {
  private readonly rules: PasswordRules;
  private readonly threads: ThreadPool<PasswordTask, PasswordDone>;

  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    @Inject(Config) config: Config,
    @Inject(Logger) logger: Logger,
    private readonly attempts: Attempts,
  ) {
    this.rules = new PasswordRules(config);
    const limits = {
      maxConcurrent: Math.max(1, Math.floor(availableParallelism() / config.values.WORKERS)),
      maxQueued: 32,
      maxWaitMs: 1000,
      deadlineMs: 5000,
      maxMemoryMb: 16,
      niceness: 10,
      createError: tooManyPasswords,
      createTimeoutError: tooManyPasswords,
    };
    this.threads = new ThreadPool(new URL('./password.worker.js', import.meta.url), limits, logger);
  }

  /**
   * Checks a new password and returns the hash to store. Call it before a transaction, since hashing takes long. Throws
   * ValidationFailed at `loc` if the rules refuse the password for this owner; tooManyPasswords.
   */
  async hashNew(password: string, owner: PasswordOwner, loc?: Loc): Promise<string> {
    await this.rules.check(password, owner, loc);
    const { hash } = await this.threads.run({ hash: password });
    return hash!;
  }

  /** Checks a new password. Throws ValidationFailed at `loc` if the rules refuse it for this owner. */
  check(password: string, owner: PasswordOwner, loc?: Loc): Promise<void> {
    return this.rules.check(password, owner, loc);
  }

  /**
   * Returns whether it is the account's password. Without an account the same work is done, so that the time reveals
   * nothing. Failures are counted for `asWhom`. Signed-in users have a separate counter, so that failed sign-ins of
   * strangers do not delay them. An outdated hash is replaced, also in `user`. Throws tooManyAttempts after too many
   * failures, before any work; tooManyPasswords.
   */
  async isPassword(user: User | undefined, password: string, asWhom = `id ${user?.id}`): Promise<boolean> {
    const isFirstToWait = await this.attempts.countFailure(asWhom);
    const isRight = await outsideTransaction(() => this.compare(user, password)).catch(async (error: unknown) => {
      await this.attempts.takeBack(asWhom);
      throw error;
    });
    // for a disabled account, a correct password must have the same effects as a wrong one
    if (isRight && user?.is_active) await this.attempts.forgetFailures(asWhom);
    else if (isFirstToWait) await this.tellOfGuessing(user);
    return isRight;
  }

  /** Deletes the failures of an account whose password was reset by mail, so that its user is not delayed. */
  async forgive(user: User): Promise<void> {
    await outsideTransaction(() => forgetFailuresOf(this.users.manager, user));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }

  private async compare(user: User | undefined, password: string): Promise<boolean> {
    // no new hash for a disabled account: the additional time would reveal that the password is correct
    const task = { compare: password, stored: user?.password_hash, renew: user?.is_active ?? false };
    const { isRight, hash } = await this.threads.run(task);
    return user && hash !== undefined ? this.replaceHash(user, hash, password) : isRight;
  }

  /**
   * Stores the new hash of a correct password. If another request has changed the stored hash, compares with that one.
   */
  private async replaceHash(user: User, hash: string, password: string): Promise<boolean> {
    const { rows } = await execute(this.users.manager, REHASH, [user.id, user.password_hash, hash]);
    // locked, to read the current row: a replica may lag behind
    const current = rows.length > 0 ? hash : (await this.users.lock(user.id, 'for_no_key_update'))?.password_hash;
    if (current === undefined) return false;
    user.password_hash = current;
    return current === hash || this.compare(user, password);
  }

  /**
   * Writes an audit event when the delays start. One event per attempt would let an attacker fill the audit trail. The
   * event is kept even if the request fails.
   */
  private async tellOfGuessing(user: User | undefined): Promise<void> {
    const event = { actor_id: null, action: 'user.password_guessed', subject: `users/${user?.id ?? 0}` };
    await outsideTransaction(() => audit(this.users.manager, event));
  }
}
