import { destination } from 'pino';

const FLUSH_MS = 100;
const BLOCK_BYTES = 8192;
/** A reader that is slower than this is not waited for: lines are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

type Destination = ReturnType<typeof destination>;
let opened: Destination | undefined;

/**
 * Standard output for the lines of this process: written by the block or every tenth of a second, so that no request waits
 * for who reads them. What is left is written when the process ends; kill -9 takes the last tenth of a second with it.
 */
export function standardOutput(): Destination {
  if (opened) return opened;
  const output = destination({ dest: 1, sync: false, minLength: BLOCK_BYTES, maxLength: MAX_WAITING_BYTES });
  setInterval(() => output.flush(), FLUSH_MS).unref();
  return (opened = output);
}
