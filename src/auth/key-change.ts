import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { audit } from '../audit/audit.js';
import { Config } from '../kernel/config.js';
import { read } from '../kernel/database/read.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { keyId } from './key-ring.js';

const ACTION = 'key.changed';
/** Taken by workers that start at once, so that one tells. */
const LOCK = 'select pg_advisory_xact_lock(179556871, 0)';

const changes = read(AuditEvent).where('action = :action').by('id', 'DESC');

/** Tells the audit trail when tokens are signed with another key than before: at start, since keys come from outside. */
@Injectable()
export class KeyChange implements OnApplicationBootstrap {
  constructor(
    private readonly db: EntityManager,
    @Inject(Config) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const key_id = keyId(this.config.values.JWT_SECRET);
    await transaction(this.db, async (tx) => {
      await execute(tx, LOCK, []);
      const last = await changes.one(tx, { action: ACTION, limit: 1, offset: 0 });
      const before = (last?.details['after'] as { key_id?: string } | undefined)?.key_id;
      if (before === key_id) return;
      const details = { ...(before === undefined ? {} : { before: { key_id: before } }), after: { key_id } };
      await audit(tx, { actor_id: null, action: ACTION, subject: 'keys', details });
    });
  }
}
