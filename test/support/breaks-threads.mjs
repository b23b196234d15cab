// Preloaded into a program under test, as OpenTelemetry is. Breaks every worker thread that loads it.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) throw new Error('Loaded in a thread');
