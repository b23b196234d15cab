import { collectOnMainThread } from './start/garbage-collection.js';
import { catchSignals } from './start/signals.js';

catchSignals(); // before the rest is loaded
collectOnMainThread();

const { start } = await import('./start/start.js');
await start();
