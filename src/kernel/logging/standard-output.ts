import { destination } from 'pino';

const FLUSH_MS = 100;
const BLOCK_BYTES = 8192;
/** A reader that is slower than this is not waited for: lines are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** When the process ends, a reader who has stopped is waited for this long. */
const LAST_WORDS_MS = 1000;

type Destination = ReturnType<typeof destination>;
let opened: Destination | undefined;

/**
 * Standard output for the lines of this process: written by the block or every tenth of a second, so that no request waits
 * for who reads them. What is left is written when the process ends, as far as somebody reads it; kill -9 takes the last
 * tenth of a second with it.
 */
export function standardOutput(): Destination {
  if (opened) return opened;
  void process.stdout; // which, once opened, does not wait for who reads a pipe
  let until = Infinity;
  const retryEAGAIN = () => performance.now() < until;
  const output = destination({
    dest: 1,
    sync: false,
    minLength: BLOCK_BYTES,
    maxLength: MAX_WAITING_BYTES,
    retryEAGAIN,
  });
  process.prependListener('exit', () => {
    until = performance.now() + LAST_WORDS_MS;
    end(output);
  });
  setInterval(() => output.flush(), FLUSH_MS).unref();
  return (opened = output);
}

/** Before pino does it at the exit, who waits for ever. */
function end(output: Destination): void {
  try {
    output.flushSync();
  } catch {
    output.destroy(); // nobody reads: what is left is lost
  }
}
