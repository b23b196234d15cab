import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findBinaries, linkLibraries } from './binaries.js';
import { commandAs, type Command } from './os-account.js';
import type { ServerFolder } from './server-folder.js';

/** A supervisor that was started, as long as its first holder waits for it. */
export interface SupervisorStart {
  /** It has ended, and another may be started: it found another supervisor, or was killed. */
  isOver: boolean;
  /** It has ended with an error, and so would the next. */
  failure: string | undefined;
  /** Stops reading its error output. */
  ignore(): void;
}

// The supervisor lives longer than the application: it gets none of its secrets, and no options of a debugger.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Starts a supervisor in the background. Throws when PostgreSQL is not installed, or its account has no access to the files. */
export function startSupervisor(folder: ServerFolder): SupervisorStart {
  linkLibraries(findBinaries()); // here, because the supervisor's account may not write there
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
