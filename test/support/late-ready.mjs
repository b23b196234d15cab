// Preloaded into a program under test. Its workers report two seconds late that they serve, as on a busy machine.
import cluster from 'node:cluster';

const LATE_MS = 2000;

if (cluster.isWorker) {
  const send = process.send.bind(process);
  process.send = (message, ...rest) => {
    if (message !== 'ready') return send(message, ...rest);
    setTimeout(() => send(message, ...rest), LATE_MS);
    return true;
  };
}
