import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { AppError } from '../kernel/errors/app-error.js';
import type { Caller } from '../kernel/access/access.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { badCredentials } from '../kernel/errors/access.errors.js';
import { commitThenThrow, lockAccount } from './account-transaction.js';
import { TotpVerifier } from './totp-verifier.js';
import { hashRecoveryCode, keyUri, newRecoveryCodes, newSecret } from './totp.codes.js';
import type { PasswordAgain, RecoveryCodeSet, TotpConfirmation, TotpProof, TotpSecret, TotpState } from './totp.dto.js';
import { Totp } from './totp.entity.js';
import { nothingToConfirm, totpActive, totpInactive, wrongCode, wrongProof } from './totp.errors.js';

/** Enrols, confirms and removes the second factor of the caller's account. */
@Injectable()
export class TotpService {
  constructor(
    @InjectRepository(Totp) private readonly totps: BaseRepository<Totp>,
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly verifier: TotpVerifier,
    private readonly clock: Clock,
    private readonly passwords: Passwords,
  ) {}

  async state({ id }: Caller): Promise<TotpState> {
    const totp = await this.totps.where('user_id = :id').one({ id });
    return { active: Boolean(totp?.confirmed_at), recovery_codes_left: totp?.recovery_hashes.length ?? 0 };
  }

  /** Creates a secret. Sign-in does not ask for codes until it is confirmed. Throws wrongProof, totpActive. */
  async enrol(caller: Caller, { password }: PasswordAgain): Promise<TotpSecret> {
    const { id, email } = caller;
    if (!(await this.knowsPassword(id, password))) throw wrongProof();
    const secret = newSecret();
    await this.withLockedTotp(id, async (tx, totp) => {
      if (totp?.confirmed_at) throw totpActive();
      if (totp) await this.totps.deleteOne(totp);
      await this.totps.insertOne({ user_id: id, sealed_secret: this.verifier.seal(id, secret) });
      await audit(tx, { actor_id: id, action: 'totp.enrolled', subject: `users/${id}` });
    });
    return { secret, uri: keyUri(secret, email) };
  }

  /** Activates the second factor and returns recovery codes. Throws nothingToConfirm, wrongCode. */
  confirm({ id }: Caller, { code }: TotpConfirmation): Promise<RecoveryCodeSet> {
    return this.withLockedTotp(id, async (tx, totp) => {
      if (!totp || totp.confirmed_at) throw nothingToConfirm();
      const verification = this.verifier.verify(totp, code);
      await this.verifier.record(tx, totp, verification);
      if (!verification.passed) return wrongCode();
      await this.totps.updateOne(totp, { confirmed_at: new Date(this.clock.now()) });
      await audit(tx, { actor_id: id, action: 'totp.confirmed', subject: `users/${id}` });
      return this.replaceRecoveryCodes(totp);
    });
  }

  /** Replaces the recovery codes. Throws totpInactive, wrongProof. */
  renewRecoveryCodes(caller: Caller, proof: TotpProof): Promise<RecoveryCodeSet> {
    return this.withProof(caller, proof, async (tx, totp) => {
      const { user_id } = totp;
      await audit(tx, { actor_id: user_id, action: 'totp.recovery_codes_made', subject: `users/${user_id}` });
      return this.replaceRecoveryCodes(totp);
    });
  }

  /** Removes the second factor. Throws totpInactive, wrongProof. */
  async remove(caller: Caller, proof: TotpProof): Promise<void> {
    await this.withProof(caller, proof, async (tx, totp) => {
      const { user_id } = totp;
      await this.totps.deleteOne(totp);
      await audit(tx, { actor_id: user_id, action: 'totp.removed', subject: `users/${user_id}` });
    });
  }

  /** Runs `work` if password and code are correct. Throws totpInactive, wrongProof. */
  private async withProof<T>(
    { id }: Caller,
    { password, code }: TotpProof,
    work: (tx: EntityManager, totp: Totp) => Promise<T>,
  ): Promise<T> {
    const known = await this.knowsPassword(id, password);
    return this.withLockedTotp(id, async (tx, totp) => {
      if (!totp?.confirmed_at) throw totpInactive();
      if (!known) return wrongProof();
      const verification = this.verifier.verify(totp, code);
      await this.verifier.record(tx, totp, verification);
      return verification.passed ? work(tx, totp) : wrongProof();
    });
  }

  private withLockedTotp<T>(
    id: number,
    work: (tx: EntityManager, totp: Totp | undefined) => Promise<T | AppError>,
  ): Promise<T> {
    return commitThenThrow(this.totps.manager, async (tx) => {
      if (!(await lockAccount(tx, id))) throw badCredentials();
      return work(tx, await this.verifier.lockTotp(id));
    });
  }

  private async knowsPassword(id: number, password: string): Promise<boolean> {
    const user = await this.users.findById(id);
    return this.passwords.isPassword(user, password);
  }

  private async replaceRecoveryCodes(totp: Totp): Promise<RecoveryCodeSet> {
    const recovery_codes = newRecoveryCodes();
    await this.totps.updateOne(totp, { recovery_hashes: recovery_codes.map(hashRecoveryCode) });
    return { recovery_codes };
  }
}
