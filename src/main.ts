import { catchSignals } from './start/signals.js';

catchSignals(); // before the rest is loaded

const { start } = await import('./start/start.js');
await start();
