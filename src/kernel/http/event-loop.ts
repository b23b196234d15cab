import type { Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const LATE_MS = 200;
const WINDOW_MS = 1000;
const SAMPLE_MS = 20;
const LEAST = 0.1;

/**
 * How much should be under way at once, from a tenth to 1: half as much after each second in which the event loop was late
 * (what came in waited for more than 200 ms before anything of it was seen), twice as much after each in which it was not.
 * By the p90 of its delays, which a single pause does not move. That it is busy is no reason: a process does the most when
 * it never rests. Measured until the server closes.
 */
export function loopShare(server: Server): () => number {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  let share = 1;
  const timer = setInterval(() => {
    const late = delay.percentile(90) > LATE_MS * 1e6;
    share = late ? Math.max(LEAST, share / 2) : Math.min(1, share * 2);
    delay.reset();
  }, WINDOW_MS).unref();
  delay.enable();
  server.once('close', () => {
    clearInterval(timer);
    delay.disable();
  });
  return () => share;
}
