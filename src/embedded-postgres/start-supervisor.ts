import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { launchAs, type Launch } from './account.js';
import { findBinaries, linkLibraries } from './binaries.js';
import type { Home } from './home.js';

/** One try to start a supervisor. */
export interface Attempt {
  /** It ended, and another may be tried: it found another supervisor, or was killed. */
  isOver: boolean;
  /** It ended with an error, and so would the next. */
  failure: string | undefined;
  /** Stops listening to what it says. */
  ignore(): void;
}

// The supervisor lives longer than the application: it gets none of its secrets, and no debugger's options.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Starts a supervisor for this place. Throws when PostgreSQL is not installed, or its account cannot get to the files. */
export function startSupervisor(home: Home): Attempt {
  linkLibraries(findBinaries()); // as root, when the supervisor's account may not write there
  const { command, args, uid, gid, remedy } = launch(home);
  const child = spawn(command, args, {
    uid,
    gid,
    cwd: '/',
    detached: true,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const attempt: Attempt = { isOver: false, failure: undefined, ignore: () => child.stderr.destroy() };
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.once('error', ({ message }) => {
    attempt.failure =
      `The supervisor of the embedded PostgreSQL could not be started: ${message}. ${remedy ?? ''}`.trim();
  });
  child.once('close', (code) => {
    attempt.isOver = true;
    if (code === null || code === 0) return;
    attempt.failure ??= said.startsWith('setpriv:')
      ? `${remedy} (${said.trim()})`
      : said.trim() || `The supervisor ended with status ${code}`;
  });
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return attempt;
}

function launch({ account, dataDir, layout }: Home): Launch {
  const program = fileURLToPath(new URL('supervisor.js', import.meta.url));
  const args = [program, dataDir];
  if (account === undefined) return { command: process.execPath, args };
  return launchAs(account, process.execPath, args, [
    { path: layout.root, to: 'enter' },
    { path: realpathSync(process.execPath), to: 'run' },
    { path: realpathSync(program), to: 'read' },
    { path: realpathSync(findBinaries().postgres), to: 'run' },
  ]);
}
