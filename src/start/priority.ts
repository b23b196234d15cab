import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * The process gets a third of the CPU time of other processes. With a higher value, a start would take too long on a
 * busy machine.
 */
const LOWER_BY = 5;
const CAP_SYS_NICE = 1n << 23n;

/**
 * Lowers the priority of a process, so that processes that serve have precedence, until the returned function is
 * called. Does nothing unless the priority can be raised again: as root, with CAP_SYS_NICE, or with a limit that allows
 * it (`ulimit -e 20`, LimitNICE=0).
 */
export function lowerPriority(pid: number): () => void {
  const own = getPriority();
  if (!mayRaise(own)) return () => {};
  setForAll(pid, own + LOWER_BY);
  return () => setForAll(pid, own);
}

/**
 * Sets the priority of each thread. On Linux threads have their own priority, and a new thread inherits that of its
 * creator.
 */
function setForAll(pid: number, priority: number): void {
  for (const id of threadsOf(pid)) {
    try {
      setPriority(id, Math.min(priority, 19));
    } catch {
      // the thread has ended
    }
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid]; // not Linux
  }
}

function mayRaise(to: number): boolean {
  try {
    const [, capabilities = '0'] = /^CapEff:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    const [, limit = '0'] = /^Max nice priority +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return (BigInt(`0x${capabilities}`) & CAP_SYS_NICE) !== 0n || Number(limit) >= 20 - to;
  } catch {
    return process.getuid?.() === 0; // not Linux
  }
}
