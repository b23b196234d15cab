import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The program with all commands. */
export const MAIN = join(process.cwd(), 'dist/src/main.js');
const started: Program[] = [];
const folders: string[] = [];

/** Where a program under test runs. Of the developer's own environment it gets only PATH and HOME. */
interface Surroundings {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** A program under test and its output. */
export class Program {
  output = '';
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], { env = {}, cwd = process.cwd() }: Surroundings) {
    const { PATH, HOME } = process.env;
    this.child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, detached: true });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
    started.push(this);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Writes to the program's standard input, which is not a terminal. */
  type(text: string): void {
    this.child.stdin?.write(text);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Signals the whole process group, as a terminal does. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /**
   * Waits for output that matches, and returns the first group or the whole match. Throws if the program ends first, or
   * after the deadline.
   */
  async says(what: RegExp, withinMs = 300_000): Promise<string> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const match = what.exec(this.output);
      if (match) return match[1] ?? match[0];
      const isOver = this.child.exitCode !== null || this.child.signalCode !== null;
      if (isOver || performance.now() > deadline)
        throw new Error(`The program did not print /${what.source}/. Its output: ${this.output}`);
      await sleep(10);
    }
  }

  /** Waits until the program serves, and returns the URL of the API. */
  address(withinMs?: number): Promise<string> {
    return this.says(/ API +(http:\S+)/, withinMs);
  }
}

/** Starts the built application on a free port. */
export function aerie(env: Record<string, string>): Program {
  return new Program(process.execPath, [MAIN, 'serve'], {
    env: { PORT: '0', LOG_LEVEL: 'warn', PRE_STOP_MS: '0', ...env },
  });
}

/** Runs a command (`migrate`, `audit verify`, …) to its end. */
export async function command(name: string, args: readonly string[], surroundings: Surroundings) {
  const run = new Program(process.execPath, [MAIN, ...name.split(' ').filter(Boolean), ...args], surroundings);
  return { code: await run.ended, output: run.output };
}

/** Creates a temporary folder. It is removed with its contents after the tests of the file. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-processes-'));
  folders.push(folder);
  return folder;
}

/** Returns the duration of the work in milliseconds. */
export async function elapsed(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

/** Returns the ids of the child processes, oldest first. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** Returns the ids of all processes whose command line contains the folder, such as those of its database. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(folder))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

afterAll(async () => {
  for (const program of started.splice(0)) {
    try {
      program.signalGroup('SIGKILL');
    } catch {
      // the process has ended
    }
  }
  for (const folder of folders.splice(0)) {
    while (processesIn(folder).length > 0) await sleep(20);
    rmSync(folder, { recursive: true });
  }
});

/** Sends a signal to a process that may have ended since it was listed. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
