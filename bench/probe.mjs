// Loaded before a server (--import): tells what the process has cost so far, asked over IPC.
process.on('message', (message) => {
  if (message === 'usage') process.send({ usage: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.channel?.unref();
