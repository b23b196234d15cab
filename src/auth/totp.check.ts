import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/clock.js';
import { Config } from '../kernel/config.js';
import { read } from '../kernel/database/read.js';
import { openSecret, sealingKeys, sealSecret } from './sealed-secret.js';
import { hashOf, isOneTimeCode, newSecret, plain, stepOf } from './totp.codes.js';
import { Totp } from './totp.entity.js';

/** From so many wrong codes on, the next one counts only after a while that doubles each time: six digits are guessed else. */
const FREE_FAILURES = 5;
const MAX_DELAY_SECONDS = 900;

/** What a code is worth, and what is to be written down of it. */
export interface Judgement {
  readonly passed: boolean;
  readonly changes: Partial<Totp>;
}

const factor = read(Totp).where('user_id = :user_id').locked('pessimistic_write');

/** Judges codes. Whoever asks has locked the account before (locked-account.ts). */
@Injectable()
export class TotpCheck {
  private readonly keys: readonly Buffer[];
  /** Judged where there is no factor, so that the time does not tell whether there is one. */
  private readonly dummy: Totp;

  constructor(
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.keys = sealingKeys([config.values.JWT_SECRET, ...config.values.JWT_RETIRED_SECRETS]);
    const nobodys = {
      user_id: 0,
      sealed_secret: this.seal(0, newSecret()),
      last_step: 0,
      failures: 0,
      recovery_hashes: [],
    };
    this.dummy = Object.assign(new Totp(), nobodys);
  }

  /** The factor of an account, confirmed or not, locked: two requests cannot use one code. */
  locked(tx: EntityManager, user_id: number): Promise<Totp | undefined> {
    return factor.one(tx, { user_id });
  }

  seal(user_id: number, secret: string): string {
    return sealSecret(this.keys, user_id, secret);
  }

  /** Judges a code or recovery code; changes nothing. Without a factor the same work is done. */
  judge(totp: Totp | undefined, given: string): Judgement {
    const code = plain(given);
    const judged = isOneTimeCode(code) ? this.oneTime(totp ?? this.dummy, code) : recovery(totp ?? this.dummy, code);
    return totp ? judged : { passed: false, changes: {} };
  }

  /** Writes down what a judgement found: the code is used up, or has failed. */
  async record(tx: EntityManager, { user_id }: Totp, { passed, changes }: Judgement): Promise<void> {
    if (Object.keys(changes).length > 0) await tx.update(Totp, { user_id }, changes);
    if (!passed || !changes.recovery_hashes) return;
    const details = { left: changes.recovery_hashes.length };
    await audit(tx, { actor_id: user_id, action: 'totp.recovery_code_used', subject: `users/${user_id}`, details });
  }

  private oneTime({ user_id, sealed_secret, last_step, failures, failed_at }: Totp, code: string): Judgement {
    const now = this.clock.now();
    const secret = openSecret(this.keys, user_id, sealed_secret);
    const step = secret === undefined ? undefined : stepOf(secret, code, now);
    if (failed_at && now < failed_at.getTime() + delayAfter(failures)) return { passed: false, changes: {} };
    if (step === undefined || step <= last_step)
      return { passed: false, changes: { failures: failures + 1, failed_at: new Date(now) } };
    return { passed: true, changes: { last_step: step, failures: 0, failed_at: null } };
  }
}

/** A recovery code is too long to be guessed: it needs no delay, and helps out of one. */
function recovery({ recovery_hashes }: Totp, code: string): Judgement {
  const hash = hashOf(code);
  const left = recovery_hashes.filter((one) => one !== hash);
  if (left.length === recovery_hashes.length) return { passed: false, changes: {} };
  return { passed: true, changes: { recovery_hashes: left, failures: 0, failed_at: null } };
}

function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(2 ** (failures - FREE_FAILURES), MAX_DELAY_SECONDS) * 1000;
}
