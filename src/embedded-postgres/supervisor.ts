// The program that runs an embedded server. The first process that requests a lease starts it in the background. It
// ends after the last lease. See README.md.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, libraryEnvironment } from './binaries.js';
import { ensureDataDirectory } from './data-directory.js';
import { isListening, LeaseServer } from './lease-server.js';
import { LogFile } from './log-file.js';
import { ensurePassword } from './password-file.js';
import { untilReady } from './readiness.js';
import { MAX_RESTARTS, RestartBackoff } from './restart-backoff.js';
import type { ServerOptions } from './server-options.js';
import { makePrivate, serverPaths, type ServerPaths } from './server-paths.js';
import { startOrAdopt, stopServer, type ServerProcess } from './server-process.js';
import { takeSupervisorLock } from './supervisor-lock.js';

const LINGER_MS = 500; // an application that restarts right after a crash finds its server running
const LOCK_TIMEOUT_MS = 60_000;

class Supervisor {
  private readonly leases = new LeaseServer((released) => this.onLastLeft(released));
  private readonly backoff = new RestartBackoff();
  private server: Promise<ServerProcess> | undefined;
  private isReady = false;
  private isTerminated = false;
  private isStopping = false;
  private lingerTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: ServerOptions,
    private readonly password: string,
  ) {}

  /** Runs the server until the last lease has ended. Throws if it cannot be started, or dies too often. */
  async run(): Promise<void> {
    const { paths } = this.options;
    await this.leases.listen(paths.leaseSocket);
    await ensureDataDirectory(this.options);
    this.server = startOrAdopt(this.options);
    const ready = untilReady(paths, this.password);
    await Promise.race([ready, this.server.then(() => ready)]); // pg_ctl checks only ten times a second
    this.isReady = true;
    await this.leases.announce({ ready: true });
    if (this.leases.isEmpty) this.onLastLeft(false);
    await this.keepRunning();
  }

  /** Handles SIGTERM: ends with the last lease, without lingering. */
  terminate(): void {
    this.isTerminated = true;
    if (this.isReady && this.leases.isEmpty) this.stop();
  }

  /** Sends the reason to every lease holder, and stops the server. */
  async fail(message: string): Promise<void> {
    const { log } = this.options;
    this.isStopping = true;
    const tail = log.tail();
    const failure = tail === '' ? `${message}\nThe log is ${log.path}` : `${message}\nThe end of ${log.path}:\n${tail}`;
    log.write(message);
    report(failure);
    await this.leases.announce({ failure });
    await this.end();
  }

  private async keepRunning(): Promise<void> {
    for (;;) {
      const reason = await this.untilDown();
      if (this.isStopping) return;
      const delay = this.backoff.next(Date.now());
      if (delay === undefined) throw new Error(`PostgreSQL ended ${MAX_RESTARTS + 1} times within a minute: giving up`);
      this.options.log.write(`${reason}; starting it again in ${delay} ms`);
      await sleep(delay);
      if (this.isStopping) return;
      this.server = startOrAdopt(this.options);
    }
  }

  // Resolves with a reason when the current server has ended or failed to start.
  private async untilDown(): Promise<string> {
    try {
      await (
        await this.server
      )?.ended;
      return 'PostgreSQL has ended';
    } catch (error) {
      return (error as Error).message;
    }
  }

  private onLastLeft(released: boolean): void {
    if (!this.isReady) return; // run() checks again when it is
    clearTimeout(this.lingerTimer);
    if (released || this.isTerminated) this.stop();
    else this.lingerTimer = setTimeout(() => this.leases.isEmpty && this.stop(), LINGER_MS);
  }

  private stop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    void this.end().then(() => process.exit(0));
  }

  private async end(): Promise<void> {
    this.leases.close();
    const server = await this.server?.catch(() => undefined);
    if (server) await stopServer(this.options, server);
    this.options.log.write('ended');
  }
}

async function main(dataDir: string): Promise<void> {
  const paths = serverPaths(dataDir);
  makePrivate(paths);
  const log = new LogFile(paths.logFile);
  process.on('uncaughtException', (error) => {
    log.write(error.stack ?? error.message);
    process.exit(1);
  });
  const password = ensurePassword(paths);
  if (!(await becomeOnlySupervisor(paths, password))) process.exit(0);
  const binaries = findBinaries();
  const env = { ...process.env, ...libraryEnvironment(binaries, paths.libraries) };
  const supervisor = new Supervisor({ paths, binaries, env, log }, password);
  process.on('SIGTERM', () => supervisor.terminate());
  try {
    await supervisor.run();
  } catch (error) {
    await supervisor.fail((error as Error).message);
    process.exit(1);
  }
}

// Acquires the lock. Returns false if another supervisor is running. If that one is about to end, waits for its lock.
async function becomeOnlySupervisor(paths: ServerPaths, password: string): Promise<boolean> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (!(await takeSupervisorLock(paths, password))) {
    if (await isListening(paths.leaseSocket)) return false;
    if (Date.now() > deadline) throw new Error(`Another supervisor uses ${paths.root} and does not respond`);
    await sleep(20);
  }
  // a supervisor in another container may use this folder, and its lock is not visible here
  return !(await isListening(paths.leaseSocket));
}

// Writes to standard error, which the process that started this one reads while it waits for its lease.
function report(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // it has stopped reading
  }
}

// Ctrl-C and a closed terminal end only the application, which then releases its lease. A reload concerns only it, too.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});

try {
  await main(process.argv[2] ?? '.data');
} catch (error) {
  report((error as Error).message);
  process.exit(1);
}
