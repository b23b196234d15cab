import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * New objects are collected by the main thread alone. V8's helper threads wait for it and for each other by spinning: with
 * the few megabytes that are alive they cost more processor time than they save, the more so the busier the machine is.
 */
export function collectOnMainThread(): void {
  setFlagsFromString('--no-parallel-scavenge');
}

/**
 * Gives back what the start needed and serving does not: V8 would keep its heap as large as it was when all modules were
 * compiled, a quarter of the process's memory. Takes about 50 ms.
 */
export function releaseMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
