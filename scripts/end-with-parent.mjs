// For programs that npm runs: the shell that npm starts in between dies on a signal without passing it on. The program
// therefore stops when its parent process changes.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200).unref();
}
