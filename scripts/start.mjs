// From the first line on: the first process of a container ignores each signal that it has no listener for. The
// application takes over by listening itself.
for (const signal of ['SIGTERM', 'SIGINT']) {
  const leave = () => process.listenerCount(signal) === 1 && process.exit(0);
  process.on(signal, leave);
}

const USAGE = `Usage: npm start, or npm run worker

Migrates the database and serves, or does jobs. Everything is set by variables: see .env.example.

  --help  says this`;
const [role = 'start', ...more] = process.argv.slice(2);
if ([role, ...more].includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
if (!['start', 'worker'].includes(role) || more.length > 0) {
  console.error(USAGE.split('\n')[0]);
  process.exit(2);
}

// The shell that npm puts in between dies of a signal without passing it on.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200).unref();
}

await import('./build-if-needed.mjs');
await import(role === 'worker' ? '../dist/src/worker.js' : '../dist/src/main.js');
