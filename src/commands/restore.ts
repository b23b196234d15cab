import { restoreBackup } from '../backup/restore-backup.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run restore -- FILE [--replace]',
  about: 'Loads a backup into the embedded database, after its audit trail was verified.',
  positionals: ['FILE'],
  options: { replace: { about: 'replaces a database that has accounts' } },
  embeddedOnly: true,
} as const;

await run(USAGE, async (config, { positionals: [file], options }) => {
  const { tables, rows, origin, verdict } = await restoreBackup(config, file!, { replace: options.replace === true });
  const trail = `the audit trail is intact: ${verdict.links} event(s), head ${verdict.heads.join() || 'none'}`;
  return `Restored ${rows} rows in ${tables} tables, as they were at ${origin.taken_at}; ${trail}`;
});
