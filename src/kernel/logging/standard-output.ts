import { destination, type DestinationStream } from 'pino';

// Standard output for log lines.

const FLUSH_INTERVAL_MS = 100;
const BUFFER_LENGTH = 16_384;
/** Lines are dropped while more than this is pending because the reader is slow. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** The maximum time to write the rest when the process exits. */
const EXIT_FLUSH_MS = 1000;

let opened: DestinationStream | undefined;

/**
 * Returns a buffered standard output for log lines. Lines are written when the buffer is full or every 100 ms, and
 * never block a request. The rest is written when the process exits; `kill -9` loses the last 100 ms.
 */
export function standardOutput(): DestinationStream {
  return (opened ??= openBuffered());
}

function openBuffered(): DestinationStream {
  void process.stdout; // opening it makes writes to a pipe non-blocking
  let retryUntil = Infinity;
  const retryEAGAIN = () => performance.now() < retryUntil;
  const output = destination({ dest: 1, sync: false, maxLength: MAX_PENDING_BYTES, retryEAGAIN });
  // buffered here: pino's destination sums up all pending bytes for each line
  let buffer = '';
  const flushBuffer = () => {
    if (buffer !== '') output.write(buffer);
    buffer = '';
  };
  process.prependListener('exit', () => {
    retryUntil = performance.now() + EXIT_FLUSH_MS;
    flushBuffer();
    try {
      output.flushSync(); // pino's own exit handler has no time limit
    } catch {
      output.destroy(); // no reader: the rest is lost
    }
  });
  setInterval(flushBuffer, FLUSH_INTERVAL_MS).unref();
  return {
    write(line) {
      buffer += line;
      if (buffer.length >= BUFFER_LENGTH) flushBuffer();
    },
  };
}
