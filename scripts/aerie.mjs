// Entry point of `npm start`, `npm run worker` and every other command. Builds if needed, then runs the command line
// (src/main.ts).

// Must come first. The first process of a container ignores every signal that it has no listener for. Once the
// application has its own listener, this one does nothing.
const isService = ['serve', 'worker'].includes(process.argv[2]);
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(isService ? 0 : code));
}

// These must not end a start either. src/start/signals.ts gets one that came early, and ends the process by a SIGHUP if
// no secret is in a file.
if (isService) ['SIGHUP', 'SIGUSR2'].forEach(rememberUntilListened);

await import('./end-with-parent.mjs');
await import('./build-if-needed.mjs');
await import('../dist/src/main.js');

/** Keeps a signal from ending the process. Passes one that has arrived to the first listener of the application. */
function rememberUntilListened(signal) {
  let hasArrived = false;
  const remember = () => (hasArrived = true);
  process.on(signal, remember);
  process.on('newListener', function handOver(name) {
    if (name !== signal) return;
    process.off('newListener', handOver);
    // Later, because the new listener is not there yet, and without any listener the signal ends the process.
    queueMicrotask(() => {
      process.off(signal, remember);
      if (hasArrived) process.emit(signal, signal);
    });
  });
}
