import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { audit } from '../audit/audit.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { Logger } from '../kernel/logging/logger.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { keyId } from './key-ring.js';
import { resealSecret, sealingKeys } from './sealed-secret.js';

// Reacts to changes of the signing keys: audit trail and re-encryption.

const ACTION = 'key.changed';
/** Serializes processes that start at the same time, so that only one writes the audit event. */
const LOCK = 'select pg_advisory_xact_lock(179556871, 0)';

const SELECT_SEALED_SECRETS = 'select user_id, sealed_secret from totps for update';
const UPDATE_SEALED_SECRETS = `
  update totps set sealed_secret = anew.sealed_secret
  from unnest($1::int[], $2::text[]) anew (user_id, sealed_secret) where totps.user_id = anew.user_id`;

/**
 * Runs at start and whenever the keys change. Records a change of the signing key in the audit trail. Re-encrypts the
 * TOTP secrets with the new key while the old one is still available.
 */
@Injectable()
export class KeyRotation implements OnApplicationBootstrap {
  /** The id of the signing key that this process has recorded. */
  private currentKeyId: string | undefined;

  constructor(
    @InjectRepository(AuditEvent) private readonly events: BaseRepository<AuditEvent>,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.recordKeyChange();
    this.config.onKeysChanged(() => {
      const failed =
        'The key change could not be recorded in the audit trail, and TOTP secrets are still encrypted with the old key';
      this.recordKeyChange().catch((error: unknown) =>
        this.logger.error(error, `${failed}: the next start retries it`),
      );
    });
  }

  private async recordKeyChange(): Promise<void> {
    const { secrets } = this.config;
    const key_id = keyId(secrets[0]!);
    // processes accept a new key before they sign with it, so another process may already have recorded the change
    const isSame = key_id === this.currentKeyId;
    this.currentKeyId = key_id;
    await transaction(this.events.manager, async (tx) => {
      await execute(tx, LOCK, []);
      if (secrets.length > 1) await reseal(tx, sealingKeys(secrets));
      if (isSame) return;
      const changes = this.events.where('action = :action').orderBy('id', 'DESC');
      const last = await changes.one({ action: ACTION, limit: 1, offset: 0 });
      const before = (last?.details['after'] as { key_id?: string } | undefined)?.key_id;
      if (before === key_id) return;
      const details = { ...(before === undefined ? {} : { before: { key_id: before } }), after: { key_id } };
      await audit(tx, { actor_id: null, action: ACTION, subject: 'keys', details });
    });
  }
}

async function reseal(tx: EntityManager, keys: readonly Buffer[]): Promise<void> {
  const { rows } = await execute(tx, SELECT_SEALED_SECRETS, []);
  const anew = (rows as [number, string][]).flatMap(([id, sealed]) => {
    const sealedAnew = resealSecret(keys, id, sealed);
    return sealedAnew === undefined ? [] : [[id, sealedAnew] as const];
  });
  if (anew.length > 0)
    await execute(tx, UPDATE_SEALED_SECRETS, [anew.map(([id]) => id), anew.map(([, sealed]) => sealed)]);
}
