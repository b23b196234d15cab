import { readdirSync, readFileSync, statSync } from 'node:fs';

// Questions about other processes, answered from Linux's /proc. macOS has none: there the answer is "unknown" (undefined, or an
// empty list), and PostgreSQL's own lock files decide. That is safe, but a person has to end what a killed server left.

/** Whether there is a process with this id, zombies included. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether there is a process with this id that has not ended. */
export function isAlive(pid: number): boolean {
  return exists(pid) && stateOf(pid) !== 'Z';
}

/** Sends a signal to a process, which may have ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  orUndefined(() => process.kill(pid, name));
}

/** Whether a live process is a PostgreSQL with this data directory. True also where that cannot be told. */
export function mayBePostgresIn(pid: number, folder: string): boolean {
  return (nameOf(pid) ?? 'postgres') === 'postgres' && hasWorkingDirectory(pid, folder) !== false;
}

/** All processes of PostgreSQL with this data directory, its working directory. */
export function postgresProcessesIn(folder: string): number[] {
  const pids = (orUndefined(() => readdirSync('/proc')) ?? []).map(Number).filter(Number.isInteger);
  return pids.filter((pid) => nameOf(pid) === 'postgres' && hasWorkingDirectory(pid, folder) === true && isAlive(pid));
}

/** The account that a process runs as, where that can be told. */
export function ownerOf(pid: number): number | undefined {
  return orUndefined(() => statSync(`/proc/${pid}`).uid);
}

function nameOf(pid: number): string | undefined {
  return orUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

// Compared by inode, not by path: a folder may have several paths.
function hasWorkingDirectory(pid: number, folder: string): boolean | undefined {
  return orUndefined(() => {
    const [actual, wanted] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return actual.dev === wanted.dev && actual.ino === wanted.ino;
  });
}

// `pid (name) state …`: the name may itself contain parentheses, so the state follows the last one.
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
