import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountName } from './os-account.js';
import { pgCtlStart, pgCtlStop } from './pg-ctl.js';
import { parsePidFile, type PidFile } from './pid-file.js';
import { exists, isAlive, mayBePostgresIn, ownerOf, postgresProcessesIn, signal } from './processes.js';
import type { ServerOptions } from './server-options.js';
import { PORT, type ServerPaths } from './server-paths.js';

const LEFTOVER_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 50;

/** The server's main process, which PostgreSQL calls the postmaster. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

/**
 * Adopts the server that runs in this folder, or starts one. Throws if a server that Aerie did not start uses the
 * folder, or if the server does not start.
 */
export async function startOrAdopt(options: ServerOptions): Promise<ServerProcess> {
  const { paths, log } = options;
  const holder = await settledHolder(paths);
  if (holder && holder.socketDirectory !== paths.socketDirectory) throw foreignServer(paths, holder);
  if (holder === undefined) {
    await clearLeftovers(paths);
    await start(options);
  }
  const running = holder ?? readPidFile(paths);
  if (running === undefined) throw new Error('PostgreSQL ended as soon as it had started');
  log.write(`${holder ? 'took over' : 'started'} process ${running.pid}`);
  return { pid: running.pid, ended: untilDead(running.pid) };
}

/** Stops the server. Its clients are disconnected. Everything they have committed is on disk. */
export async function stopServer(options: ServerOptions, { pid, ended }: ServerProcess): Promise<void> {
  if (!isAlive(pid)) return;
  if ((await pgCtlStop(options, 'fast')) || (await pgCtlStop(options, 'immediate'))) await ended;
}

async function start(options: ServerOptions): Promise<void> {
  if (await pgCtlStart(options)) return;
  const isOurs = readPidFile(options.paths)?.socketDirectory === options.paths.socketDirectory;
  if (isOurs) await pgCtlStop(options, 'immediate'); // it is still starting, and no supervisor would stop it
  throw new Error('PostgreSQL did not start');
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(POLL_INTERVAL_MS);
}

// Returns the server that uses the data directory, once its state is known. Waits while a server is stopping.
async function settledHolder(paths: ServerPaths): Promise<PidFile | undefined> {
  for (;;) {
    const holder = readPidFile(paths);
    if (holder === undefined || !holds(holder, paths)) return undefined;
    if (holder.isSingleUser || holder.status === 'starting' || holder.status === 'ready') return holder;
    await sleep(10);
  }
}

function readPidFile({ data }: ServerPaths): PidFile | undefined {
  try {
    return parsePidFile(readFileSync(join(data, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

function foreignServer({ data }: ServerPaths, { pid }: PidFile): Error {
  const owner = ownerOf(pid);
  const by = owner === undefined ? '' : ` of ${accountName(owner)}`;
  return new Error(
    `Another PostgreSQL, process ${pid}${by}, uses ${data}, and was not started by Aerie: stop it, or set DATA_DIR to another folder.`,
  );
}

/**
 * Removes what prevents a new server from starting. After kill -9 of a server, a child process can keep running while
 * it computes. PostgreSQL also considers the directory in use if the process id in its lock files exists. That may be
 * another program, for example after the restart of a container, or a zombie, which the first process of a container
 * often does not reap.
 */
async function clearLeftovers(paths: ServerPaths): Promise<void> {
  const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
  let leftovers = postgresProcessesIn(paths.data);
  while (leftovers.length > 0 && Date.now() < deadline) {
    for (const pid of leftovers) signal(pid, 'SIGKILL');
    await sleep(10);
    leftovers = postgresProcessesIn(paths.data);
  }
  const holder = readPidFile(paths);
  if (holder && holds(holder, paths)) return;
  if (holder && exists(holder.pid)) rmSync(join(paths.data, 'postmaster.pid'));
  rmSync(join(paths.socketDirectory, `.s.PGSQL.${PORT}.lock`), { force: true });
}

function holds({ pid }: PidFile, { data }: ServerPaths): boolean {
  return isAlive(pid) && mayBePostgresIn(pid, data);
}
