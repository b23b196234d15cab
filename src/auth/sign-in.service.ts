import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { mailboxOf } from '../kernel/validation/email-address.js';
import { findByAddress } from '../users/find-by-address.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import type { PasswordForm, Token } from './auth.dto.js';
import { secondFactorRequired, wrongPassword } from './auth.errors.js';
import { AuthService } from './auth.service.js';
import { commitThenThrow, lockAccount } from './account-transaction.js';
import { TotpVerifier } from './totp-verifier.js';

const NO_ACCOUNT = 0;

/** Signs in with password and second factor. */
@Injectable()
export class SignInService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly auth: AuthService,
    private readonly verifier: TotpVerifier,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Starts a session. Throws wrongPassword if the account is unknown or disabled, or if password or code is wrong,
   * always after the same time; secondFactorRequired, only if the password is correct; tooManyAttempts;
   * tooManyPasswords.
   */
  async signIn({ username, password, otp }: PasswordForm, device: string | null): Promise<Token> {
    const user = await findByAddress(this.users, username);
    // before the transaction, since hashing takes long
    const isRight = await this.passwords.isPassword(user, password, `name ${mailboxOf(username)}`);
    return commitThenThrow(this.users.manager, async (tx) => {
      const current = await lockAccount(tx, user?.id ?? NO_ACCOUNT);
      const totp = await this.verifier.lockTotp(user?.id ?? NO_ACCOUNT);
      const active = totp?.confirmed_at ? totp : undefined;
      const verification = otp ? this.verifier.verify(active, otp) : undefined;
      const known = isRight && current?.is_active && current.password_hash === user?.password_hash;
      if (!known) return auditRefusal(tx, user?.id, wrongPassword, {});
      if (active) {
        if (!verification) return auditRefusal(tx, current.id, secondFactorRequired, { second_factor: 'missing' });
        await this.verifier.record(tx, active, verification);
        if (!verification.passed) return auditRefusal(tx, current.id, wrongPassword, { second_factor: 'wrong' });
      }
      return this.auth.startSession(tx, current.id, device);
    });
  }
}

async function auditRefusal(tx: EntityManager, id = NO_ACCOUNT, why: typeof wrongPassword, details: object) {
  await audit(tx, { actor_id: null, action: 'session.refused', subject: `users/${id}`, details: { ...details } });
  return why();
}
