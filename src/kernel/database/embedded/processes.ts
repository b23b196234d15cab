import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

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

/** Whether a live process can be a PostgreSQL that works in this folder. Only a proven no is a no. */
export function mayBePostgresIn(pid: number, folder: string): boolean {
  const name = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  if (name !== undefined && name !== 'postgres') return false;
  const works = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
  return works === undefined || works === folder;
}

/** Every process of PostgreSQL that is known to work in this folder. */
export function postgresProcessesIn(folder: string): number[] {
  const pids = (attempt(() => readdirSync('/proc')) ?? []).map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    if (attempt(() => readlinkSync(`/proc/${pid}/cwd`)) !== folder) return false;
    return attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) === 'postgres' && isAlive(pid);
  });
}

/** The account of a process, where it can be seen. */
export function ownerOf(pid: number): number | undefined {
  return attempt(() => statSync(`/proc/${pid}`).uid);
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
