import { catchSignals } from './start/signals.js';

catchSignals(); // before the rest is loaded

const { work } = await import('./start/work.js');
await work();
