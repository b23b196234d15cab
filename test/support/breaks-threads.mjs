// Loaded before a program under test, as OpenTelemetry's is: it does nothing but end each thread that loads it, too.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) throw new Error('Loaded in a thread');
