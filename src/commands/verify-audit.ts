import { verifyTrail } from '../audit/verify.js';
import { withMigratedDatabase } from '../database-setup/migrate.js';
import { OperatorError } from '../config/operator-error.js';
import { onDatabase } from './on-database.js';

/** Verifies the audit trail. `head` contains its last hashes at an earlier time, which must still exist. */
export function verifyAudit({ head = [] }: { head?: readonly string[] }): Promise<void> {
  return onDatabase(async (config) => {
    const verdict = await withMigratedDatabase(config, ({ manager }) => verifyTrail(manager, head));
    const { links, heads, broken, lost } = verdict;
    if (broken !== undefined) {
      throw new OperatorError(`The audit trail is broken after ${links} intact event(s): ${broken}`);
    }
    if (lost.length > 0) {
      const what = `no longer has an event with the hash ${lost.join()}`;
      throw new OperatorError(`The audit trail ${what}: its end was removed, or it was rewritten`);
    }
    return `The audit trail is intact: ${links} event(s), head ${heads.join() || 'none'}`;
  });
}
