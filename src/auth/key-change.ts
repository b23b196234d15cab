import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { audit } from '../audit/audit.js';
import { Config } from '../kernel/config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { Logger } from '../kernel/logging/logger.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { keyId } from './key-ring.js';
import { resealed, sealingKeys } from './sealed-secret.js';

const ACTION = 'key.changed';
/** Taken by workers that start at once, so that one tells. */
const LOCK = 'select pg_advisory_xact_lock(179556871, 0)';

const SEALED = 'select user_id, sealed_secret from totps for update';
const RESEAL = `
  update totps set sealed_secret = anew.sealed_secret
  from unnest($1::int[], $2::text[]) anew (user_id, sealed_secret) where totps.user_id = anew.user_id`;

/**
 * At start and whenever the keys change: records in the audit trail that tokens are signed with another key than before, and
 * seals second factors with the new key while the old one is still there to open them.
 */
@Injectable()
export class KeyChange implements OnApplicationBootstrap {
  /** The id of the key that this process signs with, once it has said so. */
  private signsWith: string | undefined;

  constructor(
    @InjectRepository(AuditEvent) private readonly events: BaseRepository<AuditEvent>,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.follow();
    this.config.onKeysChanged(() => {
      const failed =
        'A change of the keys is not in the audit trail, and second factors are sealed with the former one';
      this.follow().catch((error: unknown) => this.logger.error(error, `${failed}: the next start does it`));
    });
  }

  private async follow(): Promise<void> {
    const { secrets } = this.config;
    const key_id = keyId(secrets[0]!);
    // before all processes sign with a new key, all come to believe it: then another may have told of it already
    const isSame = key_id === this.signsWith;
    this.signsWith = key_id;
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
  const { rows } = await execute(tx, SEALED, []);
  const anew = (rows as [number, string][]).flatMap(([id, sealed]) => {
    const sealedAnew = resealed(keys, id, sealed);
    return sealedAnew === undefined ? [] : [[id, sealedAnew] as const];
  });
  if (anew.length > 0) await execute(tx, RESEAL, [anew.map(([id]) => id), anew.map(([, sealed]) => sealed)]);
}
