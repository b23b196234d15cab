import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountName } from './account.js';
import { PORT, type Layout } from './layout.js';
import type { Log } from './log.js';
import { parsePostmasterPid, type PostmasterPid } from './postmaster-pid.js';
import { exists, isAlive, mayBePostgresIn, ownerOf, postgresProcessesIn, signal } from './processes.js';

const START_TIMEOUT_MS = 120_000; // the recovery after a crash can take a while
const STOP_TIMEOUT_MS = 30_000;
const LEFTOVER_TIMEOUT_MS = 10_000;

/** A running server. */
export interface Postmaster {
  pid: number;
  adopted: boolean;
  running: boolean;
  /** Resolves when it has ended, with how: 'it ended by SIGKILL'. */
  ended: Promise<string>;
}

/** How the server is started. */
export interface Start {
  layout: Layout;
  program: string;
  env: NodeJS.ProcessEnv;
  log: Log;
}

/**
 * Takes over the server that runs in this folder, or starts one, and waits until it serves. Throws when somebody else's
 * server holds the folder, or when it does not start.
 */
export async function obtainPostmaster(start: Start): Promise<Postmaster> {
  const { layout } = start;
  const holder = await settledHolder(layout);
  if (holder === undefined) {
    await clearLeftovers(layout);
    return startPostmaster(start);
  }
  if (holder.alone || holder.sockets !== layout.sockets) throw new Error(foreignMessage(layout, holder));
  await untilReady(layout, holder.pid);
  return postmaster(holder.pid, true, pollUntilDead(holder.pid));
}

/** Ends the server: its clients are cut off, what they committed is on disk. */
export async function stopPostmaster(server: Postmaster): Promise<void> {
  // Fast shutdown first; where that hangs, the immediate one.
  for (const name of ['SIGINT', 'SIGQUIT'] as const) {
    if (!server.running || !isAlive(server.pid)) return;
    signal(server.pid, name);
    await Promise.race([server.ended, sleep(STOP_TIMEOUT_MS)]);
  }
}

function postmaster(pid: number, adopted: boolean, end: Promise<string>): Postmaster {
  const server: Postmaster = { pid, adopted, running: true, ended: end };
  server.ended = end.then((how) => {
    server.running = false; // its process id may soon belong to somebody else
    return how;
  });
  return server;
}

// Who holds the folder, once that can be told: a server on its way out is waited for, a dead one does not count.
async function settledHolder(layout: Layout): Promise<PostmasterPid | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const holder = readHolder(layout);
    if (holder === undefined || !holds(holder, layout)) return undefined;
    if (holder.alone || (holder.status !== undefined && holder.status !== 'stopping')) return holder;
    if (Date.now() > deadline) throw new Error(foreignMessage(layout, holder));
    await sleep(10);
  }
}

function readHolder({ data }: Layout): PostmasterPid | undefined {
  try {
    return parsePostmasterPid(readFileSync(join(data, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

function foreignMessage({ data }: Layout, { pid }: PostmasterPid): string {
  const owner = ownerOf(pid);
  const by = owner === undefined ? '' : ` of ${accountName(owner)}`;
  return `Another PostgreSQL, process ${pid}${by}, uses ${data}, and was not started by Aerie: stop it, or set DATA_DIR to another folder.`;
}

/**
 * After kill -9 of a postmaster, a backend in the middle of a long computation lives on and keeps its successor from
 * starting. And PostgreSQL believes the folder taken where the process id in its lock files is that of another program,
 * as after the restart of a container, or of a dead process that the container's first one never collects.
 */
async function clearLeftovers(layout: Layout): Promise<void> {
  const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
  let leftovers = postgresProcessesIn(layout.data);
  while (leftovers.length > 0 && Date.now() < deadline) {
    for (const pid of leftovers) signal(pid, 'SIGKILL');
    await sleep(10);
    leftovers = postgresProcessesIn(layout.data);
  }
  const holder = readHolder(layout);
  if (holder && holds(holder, layout)) return;
  if (holder && exists(holder.pid)) rmSync(join(layout.data, 'postmaster.pid'));
  rmSync(join(layout.sockets, `.s.PGSQL.${PORT}.lock`), { force: true });
}

function holds({ pid }: PostmasterPid, { data }: Layout): boolean {
  return isAlive(pid) && mayBePostgresIn(pid, data);
}

async function startPostmaster({ layout, program, env, log }: Start): Promise<Postmaster> {
  const output = log.open();
  const child = spawn(program, serverArguments(layout), {
    cwd: layout.data,
    detached: true, // outlives a killed supervisor; the next one adopts it
    env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  const ended = endOf(child);
  if (child.pid === undefined) throw new Error(`PostgreSQL did not start: ${await ended}`);
  try {
    const outcome = await Promise.race([untilReady(layout, child.pid), ended]);
    if (typeof outcome === 'string') throw new Error(`PostgreSQL did not start: ${outcome}`);
    return postmaster(child.pid, false, ended);
  } catch (error) {
    child.kill('SIGQUIT'); // nobody would own it
    throw error;
  }
}

// On the command line, where postgresql.conf and ALTER SYSTEM cannot overrule it: durability is not for sale.
function serverArguments({ data, sockets }: Layout): string[] {
  const fixed = {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    port: String(PORT),
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return ['-D', data, ...Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, name] = (await once(child, 'exit')) as [number | null, string | null];
    return code === null ? `it was ended by ${name}` : `it exited with status ${code}`;
  } catch (error) {
    return (error as Error).message; // it could not be run at all
  }
}

async function untilReady(layout: Layout, pid: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const holder = readHolder(layout);
    if (holder?.pid === pid && holder.status === 'ready') return;
    if (!isAlive(pid)) throw new Error('PostgreSQL ended while it was starting');
    if (Date.now() > deadline) throw new Error(`PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s`);
    await sleep(5);
  }
}

async function pollUntilDead(pid: number): Promise<string> {
  while (isAlive(pid)) await sleep(100);
  return 'it ended';
}
