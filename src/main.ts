const began = performance.now();
const { start } = await import('./start/start.js');

await start(began);
