import { destination, type DestinationStream } from 'pino';

const FLUSH_MS = 100;
const BLOCK_LENGTH = 16_384;
/** A reader that is slower than this is not waited for: lines are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** When the process ends, a reader who has stopped is waited for this long. */
const LAST_WORDS_MS = 1000;

let opened: DestinationStream | undefined;

/**
 * Standard output for the lines of this process: written by the block or every tenth of a second, so that no request waits
 * for who reads them. What is left is written when the process ends, as far as somebody reads it; kill -9 takes the last
 * tenth of a second with it.
 */
export function standardOutput(): DestinationStream {
  return (opened ??= open());
}

function open(): DestinationStream {
  void process.stdout; // which, once opened, does not wait for who reads a pipe
  let until = Infinity;
  const retryEAGAIN = () => performance.now() < until;
  const output = destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES, retryEAGAIN });
  // whole blocks: pino's destination counts the bytes of what waits anew with each line
  let block = '';
  const handOver = () => {
    if (block !== '') output.write(block);
    block = '';
  };
  process.prependListener('exit', () => {
    until = performance.now() + LAST_WORDS_MS;
    handOver();
    end(output);
  });
  setInterval(handOver, FLUSH_MS).unref();
  return {
    write(line) {
      block += line;
      if (block.length >= BLOCK_LENGTH) handOver();
    },
  };
}

/** Before pino does it at the exit, who waits for ever. */
function end(output: ReturnType<typeof destination>): void {
  try {
    output.flushSync();
  } catch {
    output.destroy(); // nobody reads: what is left is lost
  }
}
