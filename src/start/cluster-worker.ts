import { collectOnMainThread } from './garbage-collection.js';
import { catchSignals } from './signals.js';

// The program of each worker process (WORKERS).

catchSignals(); // before the rest is loaded
collectOnMainThread();

const { start } = await import('./start.js');
await start();
