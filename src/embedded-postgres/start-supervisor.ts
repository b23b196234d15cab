import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findBinaries, linkLibraries } from './binaries.js';
import { commandAs, type Command } from './os-account.js';
import type { ServerFolder } from './server-folder.js';

/** A started supervisor, while the process that started it waits for a lease. */
export interface SupervisorStart {
  /**
   * Whether it has ended. Without a `failure` another one may be started: this one found another supervisor, or was
   * killed.
   */
  isOver: boolean;
  /** The error with which it ended. Another supervisor would fail in the same way. */
  failure: string | undefined;
  /** Stops reading the supervisor's error output. */
  ignore(): void;
}

// The supervisor runs longer than the application, so it inherits neither its secrets nor debugger options.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Starts a supervisor in the background. Throws if PostgreSQL is not installed, or if its account cannot access the
 * files.
 */
export function startSupervisor(folder: ServerFolder): SupervisorStart {
  linkLibraries(findBinaries()); // here, since the supervisor's account may have no write permission
  const { command, args, uid, gid, remedy } = supervisorCommand(folder);
  const child = spawn(command, args, {
    uid,
    gid,
    cwd: '/',
    detached: true,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const start: SupervisorStart = { isOver: false, failure: undefined, ignore: () => child.stderr.destroy() };
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.once('error', ({ message }) => {
    start.failure =
      `The supervisor of the embedded PostgreSQL could not be started: ${message}. ${remedy ?? ''}`.trim();
  });
  child.once('close', (code) => {
    start.isOver = true;
    if (code === null || code === 0) return;
    start.failure ??= stderr.startsWith('setpriv:')
      ? `${remedy} (${stderr.trim()})`
      : stderr.trim() || `The supervisor ended with status ${code}`;
  });
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return start;
}

function supervisorCommand({ account, dataDir, paths }: ServerFolder): Command {
  const program = fileURLToPath(new URL('supervisor.js', import.meta.url));
  const args = [program, dataDir];
  if (account === undefined) return { command: process.execPath, args };
  return commandAs(account, process.execPath, args, [
    { path: paths.root, to: 'enter' },
    { path: realpathSync(process.execPath), to: 'run' },
    { path: realpathSync(program), to: 'read' },
    { path: realpathSync(findBinaries().pgCtl), to: 'run' },
  ]);
}
