import { destination, type DestinationStream } from 'pino';

const FLUSH_MS = 100;
const BLOCK_LENGTH = 16_384;
/** Lines are dropped while more than this waits for a slow reader. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** How long the end of the process waits for a reader. */
const LAST_WORDS_MS = 1000;

let opened: DestinationStream | undefined;

/**
 * Standard output for log lines. Lines are written in blocks or every tenth of a second, so that no request waits for their
 * reader. The rest is written when the process ends; kill -9 loses the last tenth of a second.
 */
export function standardOutput(): DestinationStream {
  return (opened ??= open());
}

function open(): DestinationStream {
  void process.stdout; // once opened, it does not wait for the reader of a pipe
  let until = Infinity;
  const retryEAGAIN = () => performance.now() < until;
  const output = destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES, retryEAGAIN });
  // whole blocks: pino's destination counts all waiting bytes again with each line
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

/** Writes the rest before pino's own exit handler, which would wait forever. */
function end(output: ReturnType<typeof destination>): void {
  try {
    output.flushSync();
  } catch {
    output.destroy(); // there is no reader: the rest is lost
  }
}
