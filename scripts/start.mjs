import './build-if-needed.mjs';

// The shell that npm puts in between dies of a signal without passing it on.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200).unref();
}

await import(process.argv[2] === 'worker' ? '../dist/src/worker.js' : '../dist/src/main.js');
