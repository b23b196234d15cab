// Runs the two builds as programs. Keeps their output, which has the reasons of their 500 responses.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// Exit handlers do not run after a signal. These listeners exit, so that the programs end with this process.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => process.exit(1));

const START_WITHIN_MS = 600_000; // on a busy machine
const run = promisify(execFile);

/**
 * Returns the environment for programs on this database. Rate limits are off or high, because they are not tested here.
 */
const environment = (url, dataDir) => ({
  PATH: process.env.PATH,
  NODE_ENV: 'test',
  PORT: '0',
  DATABASE_URL: url,
  DATA_DIR: dataDir,
  JWT_SECRET: 'only-for-rehearsals-and-at-least-32-bytes',
  ACCESS_TOKEN_MINUTES: '1440',
  AUTH_ATTEMPTS_PER_MINUTE: '0',
  AUTH_FREE_FAILURES: '100000',
  PASSWORD_BLOCKLIST: 'false',
  DATABASE_POOL_SIZE: '4',
  DATABASE_POOL_OVERFLOW: '8',
  REQUEST_TIMEOUT_SECONDS: '20',
  PRE_STOP_MS: '0',
  LOG_LEVEL: 'error',
});

export const startOld = (dist, url, dataDir) =>
  Program.start('the old build', [join(dist, 'src/main.js')], url, dataDir);
/**
 * Starts another process of the old build, as after a crash. Returns the error if it does not start, otherwise
 * undefined.
 */
export async function startsAgain(dist, url, dataDir) {
  try {
    const program = await Program.start('It', [join(dist, 'src/main.js')], url, dataDir, { JOBS_IN_PROCESS: 'false' });
    await program.stop();
    return undefined;
  } catch ({ message }) {
    return message.replace(/\s+/g, ' ').slice(0, 500);
  }
}
export const startNew = (url, dataDir) =>
  Program.start('the new build', [fileURLToPath(new URL('serve.mjs', import.meta.url))], url, dataDir);

/** Runs a program of a build until it ends. Returns its standard output. */
export async function output(args, url, dataDir) {
  const env = environment(url, dataDir);
  const { stdout } = await run(process.execPath, args, { env, maxBuffer: 2 ** 26 });
  return stdout;
}

class Program {
  #child;
  #printed = '';

  constructor(name, args, env) {
    this.name = name;
    this.#child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#child.once('exit', () => process.off('exit', kill));
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.on('data', (part) => (this.#printed += part));
  }

  static async start(name, args, url, dataDir, env = {}) {
    const program = new Program(name, args, { ...environment(url, dataDir), ...env });
    const deadline = performance.now() + START_WITHIN_MS;
    while (program.url === undefined) {
      program.url = / API +(http\S+)/.exec(program.#printed)?.[1];
      const isOver = program.#child.exitCode !== null || performance.now() > deadline;
      if (program.url === undefined && isOver) {
        program.#child.kill('SIGKILL');
        throw new Error(`${name} does not start: ${program.#printed.trim().slice(-2000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return program;
  }

  /** The end of the output if the program has ended by itself, otherwise undefined. */
  get lastWords() {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
    return hasEnded ? this.#printed.trim().slice(-1500) : undefined;
  }

  /** The last PostgreSQL error in the log of this program, or undefined. */
  get lastReason() {
    const lines = this.#printed.trim().split('\n').toReversed();
    for (const line of lines.slice(0, 50)) {
      const reason = /(?:QueryFailedError|DatabaseError|error): ([^"\\\n]+)/i.exec(line.replaceAll('\\"', "'"))?.[1];
      if (reason !== undefined) return reason.trim();
    }
    return undefined;
  }

  /** Kills the program at once. At this point it gets no more requests. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
