import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OperatorError } from '../config/operator-error.js';

/** Whether a person can answer at the terminal. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY;

/**
 * Asks a question at the terminal and returns the answer. With `hidden`, the input is not shown. Throws an
 * OperatorError on Ctrl-C or Ctrl-D.
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  let isShown = true;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (isShown) process.stdout.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const cancelled = new Promise<never>((_, reject) => {
    for (const event of ['SIGINT', 'close']) {
      terminal.once(event, () => reject(new OperatorError('Cancelled: nothing was changed')));
    }
  });
  try {
    const answer = terminal.question(question);
    isShown = !hidden;
    return await Promise.race([answer, cancelled]);
  } finally {
    cancelled.catch(() => {});
    terminal.close();
    if (hidden) process.stdout.write('\n');
  }
}
