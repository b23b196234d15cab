import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import type { Layout } from './layout.js';

// What an operator may change later in data/postgresql.conf.
const INITIAL_SETTINGS = {
  listen_addresses: '',
  max_connections: '500', // of a dozen processes
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Reads the superuser's password, or makes one for a new cluster. Throws when it is lost. Safe in several processes at once. */
export function ensurePassword(layout: Layout): string {
  if (!existsSync(layout.password)) {
    if (existsSync(join(layout.data, 'PG_VERSION'))) {
      throw new Error(
        `The password file of the database in ${layout.data} is missing: restore ${layout.password}, or move ${layout.root} away to start with an empty database.`,
      );
    }
    const draft = `${layout.password}.${process.pid}`;
    writeDurably(draft, `${randomBytes(24).toString('base64url')}\n`);
    try {
      linkSync(draft, layout.password); // unlike a rename, this cannot replace the password of another process
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    rmSync(draft);
  }
  return readFileSync(layout.password, 'utf8').trim();
}

/**
 * Makes the cluster when there is none. Nothing half made is ever found under its name: it is made next door and renamed.
 * Throws when what is there is not a cluster of this version of PostgreSQL.
 */
export async function ensureCluster(layout: Layout, binaries: Binaries, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (existsSync(layout.data) && readdirSync(layout.data).length === 0) rmdirSync(layout.data);
  if (existsSync(layout.data)) {
    checkVersion(layout, binaries.major);
    return false;
  }
  clearUnfinished(layout);
  const draft = `${layout.unfinished}-${randomBytes(6).toString('hex')}`; // an initdb may outlive a killed supervisor
  await initdb(draft, layout, binaries, env);
  renameSync(draft, layout.data);
  syncFolder(layout.root);
  return true;
}

function clearUnfinished({ root, unfinished }: Layout): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(basename(unfinished)))) {
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // still being written to: the next start removes it
    }
  }
}

function checkVersion({ data }: Layout, major: string): void {
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new Error(
      `${data} is not empty and has no PostgreSQL database: move it away, or set DATA_DIR to another folder.`,
    );
  }
  const found = readFileSync(file, 'utf8').trim();
  if (found !== major) {
    throw new Error(
      `The database in ${data} was created by PostgreSQL ${found}, and PostgreSQL ${major} cannot read it: copy the data with pg_dump of version ${found}, or move the folder away to start with an empty database.`,
    );
  }
}

async function initdb(
  draft: string,
  layout: Layout,
  { initdb: program }: Binaries,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const settings = Object.entries(INITIAL_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${layout.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...settings,
  ];
  try {
    await promisify(execFile)(program, args, { env, cwd: layout.root });
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    throw new Error(`initdb could not create the database: ${(stderr ?? message).trim()}`, { cause: error });
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
