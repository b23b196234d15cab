// Loaded before a server (--import). Reports over IPC the CPU time and memory that the process has used so far.
process.on('message', (message) => {
  if (message === 'usage') process.send({ usage: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.channel?.unref();
