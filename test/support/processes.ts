import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const MAIN = join(process.cwd(), 'dist/src/main.js');
const started: Program[] = [];
const folders: string[] = [];

/** What a program under test runs in: nothing of the developer's own environment but where programs are. */
interface Surroundings {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** A program under test, with all that it has said. */
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

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** To the whole process group, as a terminal does. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Waits until it has said this, and gives what the first group matched. Throws when it ends before. */
  async says(what: RegExp, withinMs = 20_000): Promise<string> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const match = what.exec(this.output);
      if (match) return match[1] ?? match[0];
      const isOver = this.child.exitCode !== null || this.child.signalCode !== null;
      if (isOver || performance.now() > deadline) throw new Error(`It never said ${what.source}, only: ${this.output}`);
      await sleep(10);
    }
  }

  /** The address of the API, once it serves. */
  address(withinMs?: number): Promise<string> {
    return this.says(/ API +(http:\S+)/, withinMs);
  }
}

/** The built application, on any free port. */
export function aerie(env: Record<string, string>): Program {
  return new Program(process.execPath, [MAIN], { env: { PORT: '0', LOG_LEVEL: 'warn', PRE_STOP_MS: '0', ...env } });
}

/** One of the commands, to its end. */
export async function command(name: string, args: readonly string[], surroundings: Surroundings) {
  const program = join(process.cwd(), `dist/src/commands/${name}.js`);
  const run = new Program(process.execPath, [program, ...args], surroundings);
  return { code: await run.ended, output: run.output };
}

/** A folder that is removed with everything in it when the file is done. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-processes-'));
  folders.push(folder);
  return folder;
}

/** Milliseconds that something takes. */
export async function elapsed(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

/** The children of a process, oldest first. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** All processes whose command line or working folder has to do with a folder: those of its database. */
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
    return ''; // it has ended
  }
}

afterAll(async () => {
  for (const program of started.splice(0)) {
    try {
      program.signalGroup('SIGKILL');
    } catch {
      // it has ended
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
