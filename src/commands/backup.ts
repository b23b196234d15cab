import { stat } from 'node:fs/promises';
import { writeBackup } from '../backup/backup-file.js';
import { takeBackup } from '../backup/take-backup.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run backup -- FILE',
  about: 'Copies the embedded database into a file, also while Aerie runs.',
  positionals: ['FILE'],
  embeddedOnly: true,
} as const;

await run(USAGE, async ({ databaseUrl }, { positionals: [file] }) => {
  const heads = await writeBackup(file!, takeBackup(databaseUrl));
  const { size } = await stat(file!);
  return `Written: ${file}, ${size} bytes; the audit trail ends with ${heads.join() || 'nothing yet'}`;
});
