import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { mailboxOf } from '../kernel/validation/email-address.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import type { PasswordForm, Token } from './auth.dto.js';
import { secondFactorRequired, wrongPassword } from '../kernel/errors/access.errors.js';
import { AuthService } from './auth.service.js';
import { committed, lockAccount } from './locked-account.js';
import { TotpCheck } from './totp.check.js';

const NOBODY = 0;

@Injectable()
export class SignInService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly auth: AuthService,
    private readonly check: TotpCheck,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Begins a session. Throws wrongPassword, also for unknown and disabled accounts and for a wrong code, after the same
   * work; secondFactorRequired to whoever knows the password; tooManyAttempts; tooManyPasswords.
   */
  async signIn({ username, password, otp }: PasswordForm, device: string | null): Promise<Token> {
    const user = await this.named(username);
    const isRight = await this.passwords.isPassword(user, password, `name ${mailboxOf(username)}`); // before the transaction: it takes long
    return committed(this.users.manager, async (tx) => {
      const current = await lockAccount(tx, user?.id ?? NOBODY);
      const totp = await this.check.locked(user?.id ?? NOBODY);
      const active = totp?.confirmed_at ? totp : undefined;
      const verification = otp ? this.check.verify(active, otp) : undefined;
      const known = isRight && current?.is_active && current.password_hash === user?.password_hash;
      if (!known) return refused(tx, user?.id, wrongPassword, {});
      if (active) {
        if (!verification) return refused(tx, current.id, secondFactorRequired, { second_factor: 'missing' });
        await this.check.record(tx, active, verification);
        if (!verification.passed) return refused(tx, current.id, wrongPassword, { second_factor: 'wrong' });
      }
      return this.auth.begin(tx, current.id, device);
    });
  }

  /** Accounts from before an address had one form are still found as they were typed then. */
  private async named(username: string): Promise<User | undefined> {
    const typed = username.toLowerCase();
    const found = await this.users.where('email = any(:emails)').all({ emails: [mailboxOf(username), typed] });
    return found.find(({ email }) => email === typed) ?? found[0];
  }
}

async function refused(tx: EntityManager, id = NOBODY, why: typeof wrongPassword, details: object) {
  await audit(tx, { actor_id: null, action: 'session.refused', subject: `users/${id}`, details: { ...details } });
  return why();
}
