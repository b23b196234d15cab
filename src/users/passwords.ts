import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../kernel/config.js';
import type { Loc } from '../kernel/validation/errors.js';
import { PasswordRules, type PasswordOwner } from './password-rules.js';
import { hashPassword, isPassword } from './password.js';

/** Passwords as a request meets them. */
@Injectable()
export class Passwords {
  private readonly rules: PasswordRules;

  constructor(@Inject(Config) config: Config) {
    this.rules = new PasswordRules(config);
  }

  /**
   * What to store of a new password, wherever one is set. Before the transaction: it takes long. Throws ValidationFailed
   * at `loc` when the rules refuse it to this owner.
   */
  async hashNew(password: string, owner: PasswordOwner, loc?: Loc): Promise<string> {
    await this.rules.check(password, owner, loc);
    return hashPassword(password);
  }

  /** Whether it is the password. Without an account the same work is done, so that the time tells nothing. */
  isPassword(stored: string | undefined, password: string): Promise<boolean> {
    return isPassword(stored, password);
  }
}
