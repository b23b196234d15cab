import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** A third of the time of another process: with more, a start would take forever where the machine is busy. */
const LOWER_BY = 5;
const CAP_SYS_NICE = 1n << 23n;

/**
 * Lets a process wait for those that serve until `raise`, which comes back, is called. Only where it may be raised again: as root, with
 * CAP_SYS_NICE, or with a limit for it (`ulimit -e 20`, LimitNICE=0). Elsewhere nothing is changed.
 */
export function lowerPriority(pid: number): () => void {
  const own = getPriority();
  if (!mayRaise(own)) return () => {};
  setForAll(pid, own + LOWER_BY);
  return () => setForAll(pid, own);
}

/** Linux counts it for each thread, and a new thread has that of the one that made it. */
function setForAll(pid: number, priority: number): void {
  for (const id of threadsOf(pid)) {
    try {
      setPriority(id, Math.min(priority, 19));
    } catch {
      // it has ended
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
