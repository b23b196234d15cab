import type { Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

// Measures how late the event loop is, so that fewer requests are admitted while it is.

const MAX_DELAY_MS = 200;
const WINDOW_MS = 1000;
const SAMPLE_MS = 20;
const MIN_SHARE = 0.1;

/**
 * Returns a function with the share of requests that should run at once, from 0.1 to 1, for admission control. After
 * each second in which the event loop was delayed (p90 above 200 ms) the share is halved; after any other second it is
 * doubled. The p90 ignores single pauses, such as garbage collections. Utilization is not a criterion: a busy process
 * without delays has the best throughput. Measures until the server closes.
 */
export function watchEventLoop(server: Server): () => number {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  let share = 1;
  const timer = setInterval(() => {
    const isDelayed = delay.percentile(90) > MAX_DELAY_MS * 1e6;
    share = isDelayed ? Math.max(MIN_SHARE, share / 2) : Math.min(1, share * 2);
    delay.reset();
  }, WINDOW_MS).unref();
  delay.enable();
  server.once('close', () => {
    clearInterval(timer);
    delay.disable();
  });
  return () => share;
}
