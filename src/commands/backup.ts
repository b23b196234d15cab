import { stat } from 'node:fs/promises';
import { writeBackup } from '../backup/backup-file.js';
import { takeBackup } from '../backup/take-backup.js';
import { runOnEmbedded } from './embedded.js';

await runOnEmbedded('npm run backup -- FILE', {}, async ({ databaseUrl }, file) => {
  const heads = await writeBackup(file, takeBackup(databaseUrl));
  const { size } = await stat(file);
  return `Written: ${file}, ${size} bytes; the audit trail ends with ${heads.join() || 'nothing yet'}`;
});
