import { collectOnMainThread } from './start/garbage-collection.js';
import { catchSignals } from './start/signals.js';

catchSignals(); // before the rest is loaded
collectOnMainThread();

const { work } = await import('./start/work.js');
await work();
