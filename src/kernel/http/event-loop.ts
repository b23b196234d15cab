import type { Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const LATE_MS = 200;
const WINDOW_MS = 1000;
const SAMPLE_MS = 20;

/**
 * Whether the event loop was late in the last second: what came in had to wait for more than 200 ms (p99) before anything
 * of it was seen. Measured until the server closes.
 */
export function lateness(server: Server): () => boolean {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  let late = false;
  const timer = setInterval(() => {
    late = delay.percentile(99) > LATE_MS * 1e6;
    delay.reset();
  }, WINDOW_MS).unref();
  delay.enable();
  server.once('close', () => {
    clearInterval(timer);
    delay.disable();
  });
  return () => late;
}
