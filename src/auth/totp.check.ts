import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../kernel/config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { sealingKeys, sealSecret } from './sealed-secret.js';
import { newSecret } from './totp.codes.js';
import { Totp } from './totp.entity.js';
import { verifyCode, type Verification } from './totp.verification.js';

/** Judges codes. Whoever asks has locked the account before (locked-account.ts). */
@Injectable()
export class TotpCheck {
  private keys: readonly Buffer[] = [];
  /** Judged where there is no factor, so that the time does not tell whether there is one. */
  private readonly dummy = new Totp();

  constructor(
    @InjectRepository(Totp) private readonly totps: BaseRepository<Totp>,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.take(config);
    config.onKeysChanged(() => this.take(config));
  }

  /** The factor of an account, confirmed or not, locked: two requests cannot use one code. */
  locked(user_id: number): Promise<Totp | undefined> {
    return this.totps.where('user_id = :user_id').locked().one({ user_id });
  }

  seal(user_id: number, secret: string): string {
    return sealSecret(this.keys, user_id, secret);
  }

  /** Judges a code or recovery code; changes nothing. Without a factor the same work is done, for a verdict that says nothing. */
  verify(totp: Totp | undefined, given: string): Verification {
    return verifyCode(totp ?? this.dummy, this.keys, given, this.clock.now());
  }

  /** Writes down what a verification found: the code is used up, or has failed. */
  async record(tx: EntityManager, totp: Totp, { passed, changes }: Verification): Promise<void> {
    await this.totps.updateOne(totp, changes);
    if (!passed || !changes.recovery_hashes) return;
    const { user_id } = totp;
    const details = { left: changes.recovery_hashes.length };
    await audit(tx, { actor_id: user_id, action: 'totp.recovery_code_used', subject: `users/${user_id}`, details });
  }

  private take({ secrets }: Config): void {
    this.keys = sealingKeys(secrets);
    const nobodys = {
      user_id: 0,
      sealed_secret: this.seal(0, newSecret()),
      last_step: 0,
      failures: 0,
      recovery_hashes: [],
    };
    Object.assign(this.dummy, nobodys);
  }
}
