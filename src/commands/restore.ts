import { restoreBackup } from '../backup/restore-backup.js';
import { runOnEmbedded } from './embedded.js';

await runOnEmbedded(
  'npm run restore -- FILE [--replace]',
  { replace: { type: 'boolean' } },
  async (config, file, flags) => {
    const { tables, rows, origin, verdict } = await restoreBackup(config, file, { replace: flags['replace'] === true });
    const trail = `the audit trail is intact: ${verdict.links} event(s), head ${verdict.heads.join() || 'none'}`;
    return `Restored ${rows} rows in ${tables} tables, as they were at ${origin.taken_at}; ${trail}`;
  },
);
