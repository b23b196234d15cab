/** @jest-environment node */
import { join } from 'node:path';
import { writeBackup } from '../../src/backup/backup-file.js';
import { takeBackup } from '../../src/backup/take-backup.js';
import { aerie, aFolder, command } from '../support/processes.js';
import { hasReplication, PostgresServer } from '../support/streaming.js';
import { account, asked, emails, post } from './contents.js';

const MAJOR = `select split_part(current_setting('server_version'), '.', 1) as major`;

(hasReplication() ? it : it.skip)('a restore accepts a backup of another major version of PostgreSQL', async () => {
  const server = await PostgresServer.primary();
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: server.url });
  expect((await post(await app.address(), '/users', account('old'))).status).toBe(201);
  app.signal('SIGTERM');
  expect(await app.ended).toBe(0);
  const file = join(aFolder(), 'moved.aerie');
  const [head] = await writeBackup(file, takeBackup(server.url));
  const DATA_DIR = aFolder();
  expect(await command('restore', [file], { env: { DATA_DIR } })).toMatchObject({ code: 0 });
  expect(await command('audit verify', ['--head', head!], { env: { DATA_DIR } })).toMatchObject({ code: 0 });
  expect(await emails(DATA_DIR)).toEqual(['old@example.com']);
  const [{ major: old }] = (await server.query(MAJOR)) as [{ major: string }];
  const { rows } = await asked(DATA_DIR, (client) => client.query<{ major: string }>(MAJOR));
  expect(rows[0]!.major).not.toBe(old);
});
