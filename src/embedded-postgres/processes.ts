import { readdirSync, readFileSync, statSync } from 'node:fs';

// What other processes are can only be seen in Linux's /proc. Elsewhere these answer "unknown" (undefined, or none), and
// PostgreSQL's own interlocks decide: safe, but a leftover has to be ended by hand.

/** Whether the number belongs to a process, be it one that ended and was never collected by its parent. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  return exists(pid) && stateOf(pid) !== 'Z';
}

/** Sends a signal to a process that may have ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  attempt(() => process.kill(pid, name));
}

/** Whether a live process can be a PostgreSQL that works in this folder. Only a proven no is a no. */
export function mayBePostgresIn(pid: number, folder: string): boolean {
  return (nameOf(pid) ?? 'postgres') === 'postgres' && worksIn(pid, folder) !== false;
}

/** Every process of PostgreSQL that is known to work in this folder. */
export function postgresProcessesIn(folder: string): number[] {
  const pids = (attempt(() => readdirSync('/proc')) ?? []).map(Number).filter(Number.isInteger);
  return pids.filter((pid) => nameOf(pid) === 'postgres' && worksIn(pid, folder) === true && isAlive(pid));
}

/** The account of a process, where it can be seen. */
export function ownerOf(pid: number): number | undefined {
  return attempt(() => statSync(`/proc/${pid}`).uid);
}

function nameOf(pid: number): string | undefined {
  return attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

// Compared as files, not as paths: the folder may have several, and may have been moved.
function worksIn(pid: number, folder: string): boolean | undefined {
  return attempt(() => {
    const [works, wanted] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return works.dev === wanted.dev && works.ino === wanted.ino;
  });
}

// The name in parentheses may itself hold spaces and parentheses; the state follows the last one.
function stateOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
