import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { availableParallelism } from 'node:os';
import { audit } from '../audit/audit.js';
import { Config } from '../kernel/config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { execute } from '../kernel/database/statement.js';
import { outsideTransaction } from '../kernel/database/current-transaction.js';
import { Logger } from '../kernel/logging/logger.js';
import { ThreadPool } from '../kernel/concurrency/thread-pool.js';
import type { Loc } from '../kernel/errors/validation-failed.js';
import { mailboxOf } from '../kernel/validation/email-address.js';
import { Attempts } from './attempts.js';
import { PasswordRules, type PasswordOwner } from './password-rules.js';
import type { PasswordDone, PasswordTask } from './password.worker.js';
import { User } from './user.entity.js';
import { tooManyPasswords } from './users.errors.js';

const REHASH = 'update users set password_hash = $3 where id = $1 and password_hash = $2 returning id';

/** Passwords as requests meet them: hashed on threads of their own, as many at once as the machine has cores. */
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
   * What to store of a new password, wherever one is set. Before the transaction: it takes long. Throws ValidationFailed
   * at `loc` when the rules refuse it to this owner; tooManyPasswords.
   */
  async hashNew(password: string, owner: PasswordOwner, loc?: Loc): Promise<string> {
    await this.rules.check(password, owner, loc);
    const { hash } = await this.threads.run({ hash: password });
    return hash!;
  }

  /** Throws ValidationFailed at `loc` when the rules refuse it to this owner. */
  check(password: string, owner: PasswordOwner, loc?: Loc): Promise<void> {
    return this.rules.check(password, owner, loc);
  }

  /**
   * Whether it is the account's password. Without an account the same work is done, so that the time tells nothing. Failures
   * are counted for `asWhom`: who has signed in does not wait for what strangers try at the door. A hash with other
   * parameters than new ones is replaced, in the given account too. Throws tooManyAttempts, without any work, after too
   * many failures; tooManyPasswords.
   */
  async isPassword(user: User | undefined, password: string, asWhom = `id ${user?.id}`): Promise<boolean> {
    const isFirstToWait = await this.attempts.countFailure(asWhom);
    const isRight = await outsideTransaction(() => this.compare(user, password)).catch(async (error: unknown) => {
      await this.attempts.takeBack(asWhom);
      throw error;
    });
    // a disabled account must not be told by what its right password does
    if (isRight && user?.is_active) await this.attempts.forgetFailures(asWhom);
    else if (isFirstToWait) await this.tellOfGuessing(user);
    return isRight;
  }

  /** Whoever has got a new password by mail does not wait for what was tried with the old one. */
  async forgive({ id, email }: User): Promise<void> {
    await this.attempts.forgetFailures(`id ${id}`);
    await this.attempts.forgetFailures(`name ${mailboxOf(email)}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }

  private async compare(user: User | undefined, password: string): Promise<boolean> {
    // who is disabled gets nothing new, and the time does not tell that his password was right
    const task = { compare: password, stored: user?.password_hash, renew: user?.is_active ?? false };
    const { isRight, hash } = await this.threads.run(task);
    return user && hash !== undefined ? this.replaceHash(user, hash, password) : isRight;
  }

  /** Where somebody else was faster, with a new hash or a new password, that one decides. */
  private async replaceHash(user: User, hash: string, password: string): Promise<boolean> {
    const { rows } = await execute(this.users.manager, REHASH, [user.id, user.password_hash, hash]);
    // locked: as it is now, which a replica might not know yet
    const current = rows.length > 0 ? hash : (await this.users.lock(user.id, 'for_no_key_update'))?.password_hash;
    if (current === undefined) return false;
    user.password_hash = current;
    return current === hash || this.compare(user, password);
  }

  /** Once, when it begins: a row for each attempt would let a guesser fill the trail. It stays, though the request fails. */
  private async tellOfGuessing(user: User | undefined): Promise<void> {
    const event = { actor_id: null, action: 'user.password_guessed', subject: `users/${user?.id ?? 0}` };
    await outsideTransaction(() => audit(this.users.manager, event));
  }
}
