import { spawnSync } from 'node:child_process';
import { Program } from './processes.js';

const SCRIPT = 'script';

/** Whether programs can run at a terminal here: with util-linux's `script`. Warns if not, as tests are skipped. */
export const hasTerminal = (() => {
  const works = spawnSync(SCRIPT, ['-qec', 'true', '/dev/null'], { input: '' }).status === 0;
  if (!works) console.warn('SKIPPED: script(1) of util-linux is not installed, so input at a terminal is not tested');
  return works;
})();

/** A program at a terminal of its own, which accepts keyboard input. */
export class AtTerminal {
  private readonly program: Program;

  constructor(command: readonly string[], surroundings: ConstructorParameters<typeof Program>[2]) {
    const line = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
    this.program = new Program(SCRIPT, ['-qec', line, '/dev/null'], surroundings);
  }

  /** Waits for the question, then types the answer. */
  async answer(question: RegExp, keys: string): Promise<void> {
    await this.program.says(question);
    this.program.type(keys);
  }

  async end(): Promise<{ code: number | NodeJS.Signals; output: string }> {
    return { code: await this.program.ended, output: this.program.output.replaceAll('\r\n', '\n') };
  }
}
