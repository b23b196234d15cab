import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerOptions } from './server-options.js';
import { serverPaths, type ServerPaths } from './server-paths.js';

// Only for new data directories. Operators can change these settings later, in data/postgresql.conf.
const INITIAL_SETTINGS = {
  listen_addresses: '',
  max_connections: '500', // enough for a dozen processes of the application
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Whether a data folder has a database. Also true if it is inaccessible because it belongs to another account. */
export function hasDatabase(dataDir: string): boolean {
  try {
    accessSync(join(serverPaths(dataDir).data, 'PG_VERSION'));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/**
 * Creates the data directory if there is none. initdb fills a folder next to it, which is renamed when it is complete,
 * so that a killed initdb leaves no incomplete data directory. Throws if the data directory has another PostgreSQL
 * version or no database, or if initdb fails.
 */
export async function ensureDataDirectory(options: ServerOptions): Promise<void> {
  const { paths, binaries, log } = options;
  if (existsSync(paths.data) && readdirSync(paths.data).length === 0) rmdirSync(paths.data);
  if (existsSync(paths.data)) {
    checkVersion(paths, binaries.majorVersion);
    return;
  }
  clearUnfinished(paths);
  // A new name each time: the initdb of a killed supervisor may still be running.
  const draft = `${paths.unfinishedData}-${randomBytes(6).toString('hex')}`;
  await initdb(draft, options);
  renameSync(draft, paths.data);
  syncFolder(paths.root);
  log.write('made a new cluster');
}

function clearUnfinished({ root, unfinishedData }: ServerPaths): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(basename(unfinishedData)))) {
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // an initdb is still writing to it: the next start removes it
    }
  }
}

function checkVersion({ data }: ServerPaths, major: string): void {
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new Error(
      `${data} is not empty and has no PostgreSQL database: move it away, or set DATA_DIR to another folder.`,
    );
  }
  const found = readFileSync(file, 'utf8').trim();
  if (found !== major) {
    throw new Error(
      `The database in ${data} was created by PostgreSQL ${found}, and PostgreSQL ${major} cannot read it: back it up with the release of Aerie that created it (npm run backup -- FILE), move the folder away, then restore the backup with this release (npm run restore -- FILE).`,
    );
  }
}

async function initdb(draft: string, { paths, binaries, env }: ServerOptions): Promise<void> {
  const settings = Object.entries(INITIAL_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${paths.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...settings,
  ];
  try {
    await promisify(execFile)(binaries.initdb, args, { env, cwd: paths.root });
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    throw new Error(`initdb could not create the database: ${(stderr ?? message).trim()}`, { cause: error });
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
