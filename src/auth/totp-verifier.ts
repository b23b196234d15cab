import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { sealingKeys, sealSecret } from './sealed-secret.js';
import { newSecret } from './totp.codes.js';
import { Totp } from './totp.entity.js';
import { verifyCode, type Verification } from './totp.verification.js';

/** Verifies TOTP and recovery codes. The caller must have locked the account (account-transaction.ts). */
@Injectable()
export class TotpVerifier {
  private keys: readonly Buffer[] = [];
  /** Used for accounts without a second factor, so that timing does not reveal whether there is one. */
  private readonly dummy = new Totp();

  constructor(
    @InjectRepository(Totp) private readonly totps: BaseRepository<Totp>,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.loadKeys(config);
    config.onKeysChanged(() => this.loadKeys(config));
  }

  /** Locks and returns the second factor of an account, so that two requests cannot use the same code. */
  lockTotp(user_id: number): Promise<Totp | undefined> {
    return this.totps.where('user_id = :user_id').locked().one({ user_id });
  }

  /** Encrypts a TOTP secret. */
  seal(user_id: number, secret: string): string {
    return sealSecret(this.keys, user_id, secret);
  }

  /**
   * Verifies a code or recovery code. Writes nothing. Without a second factor it takes the same time, and the result is
   * meaningless.
   */
  verify(totp: Totp | undefined, given: string): Verification {
    return verifyCode(totp ?? this.dummy, this.keys, given, this.clock.now());
  }

  /** Stores the result of a verification: marks the code as used, or counts the failure. */
  async record(tx: EntityManager, totp: Totp, { passed, changes }: Verification): Promise<void> {
    await this.totps.updateOne(totp, changes);
    if (!passed || !changes.recovery_hashes) return;
    const { user_id } = totp;
    const details = { left: changes.recovery_hashes.length };
    await audit(tx, { actor_id: user_id, action: 'totp.recovery_code_used', subject: `users/${user_id}`, details });
  }

  private loadKeys({ secrets }: Config): void {
    this.keys = sealingKeys(secrets);
    const placeholder = {
      user_id: 0,
      sealed_secret: this.seal(0, newSecret()),
      last_step: 0,
      failures: 0,
      recovery_hashes: [],
    };
    Object.assign(this.dummy, placeholder);
  }
}
