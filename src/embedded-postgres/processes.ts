import { readdirSync, readFileSync, statSync } from 'node:fs';

// Information about other processes, from Linux's /proc. macOS has none: the result is "unknown" there (undefined, or
// an empty list), and PostgreSQL's own lock files decide. That is safe, but the processes of a killed server have to be
// ended by hand.

/** Whether a process with this id exists, including zombies. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process with this id is running, so not a zombie. */
export function isAlive(pid: number): boolean {
  return exists(pid) && stateOf(pid) !== 'Z';
}

/** Sends a signal to a process. Ignores errors, since the process may have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  orUndefined(() => process.kill(pid, name));
}

/** Whether a running process is a PostgreSQL with this data directory. Also true if that is unknown. */
export function mayBePostgresIn(pid: number, folder: string): boolean {
  return (nameOf(pid) ?? 'postgres') === 'postgres' && hasWorkingDirectory(pid, folder) !== false;
}

/** Returns the ids of all PostgreSQL processes with this data directory, which is their working directory. */
export function postgresProcessesIn(folder: string): number[] {
  const pids = (orUndefined(() => readdirSync('/proc')) ?? []).map(Number).filter(Number.isInteger);
  return pids.filter((pid) => nameOf(pid) === 'postgres' && hasWorkingDirectory(pid, folder) === true && isAlive(pid));
}

/** Returns the account that a process runs as; undefined if unknown. */
export function ownerOf(pid: number): number | undefined {
  return orUndefined(() => statSync(`/proc/${pid}`).uid);
}

function nameOf(pid: number): string | undefined {
  return orUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

// Compares inodes, since a folder may have several paths.
function hasWorkingDirectory(pid: number, folder: string): boolean | undefined {
  return orUndefined(() => {
    const [actual, wanted] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return actual.dev === wanted.dev && actual.ino === wanted.ino;
  });
}

// The format is `pid (name) state …`. The name may contain parentheses, so the state follows the last one.
function stateOf(pid: number): string | undefined {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
