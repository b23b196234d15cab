// The program that owns an embedded server: started detached by the first process that leases it, it ends with the last.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, libraryEnvironment } from './binaries.js';
import { ensureCluster, ensurePassword } from './cluster.js';
import { ensureDefaultDatabase } from './default-database.js';
import { Door, isAnswered } from './door.js';
import { claimFolders, layoutOf, type Layout } from './layout.js';
import { takeLock } from './lock.js';
import { Log } from './log.js';
import { obtainPostmaster, stopPostmaster, type Postmaster, type Start } from './postmaster.js';
import { MOST_RESTARTS, Restarts } from './restarts.js';

const LINGER_MS = 500; // a crashed application that is started again at once finds its server
const LOCK_TIMEOUT_MS = 60_000;

class Supervisor {
  private readonly door = new Door((properly) => this.whenEmpty(properly));
  private readonly restarts = new Restarts();
  private server: Promise<Postmaster> | undefined;
  private isReady = false;
  private isLeaving = false;
  private isStopping = false;
  private linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly layout: Layout,
    private readonly password: string,
    private readonly log: Log,
  ) {}

  /** Serves until everybody has left. Throws when the server cannot be started, or dies again and again. */
  async run(): Promise<void> {
    await this.door.open(this.layout.leases);
    const start = await this.prepare();
    await this.start(start);
    this.isReady = true;
    await this.door.announce({ ready: true });
    if (this.door.isEmpty) this.whenEmpty(false);
    await this.keepAlive(start);
  }

  /** After SIGTERM: those who hold a lease keep their server until they have finished. */
  leave(): void {
    this.isLeaving = true;
    if (this.isReady && this.door.isEmpty) this.stop();
  }

  /** Tells every holder why it ends. */
  async fail(message: string): Promise<void> {
    this.isStopping = true;
    const tail = this.log.tail();
    const failure =
      tail === '' ? `${message}\nThe log is ${this.log.file}` : `${message}\nThe end of ${this.log.file}:\n${tail}`;
    this.log.note(message);
    report(failure);
    await this.door.announce({ failure });
    await this.end();
  }

  private async prepare(): Promise<Start> {
    const binaries = findBinaries();
    const env = { ...process.env, ...libraryEnvironment(binaries, this.layout.libraries) };
    const began = performance.now();
    if (await ensureCluster(this.layout, binaries, env)) {
      this.log.note(`created a new database in ${elapsed(began)}`);
    }
    return { layout: this.layout, program: binaries.postgres, env, log: this.log };
  }

  private async start(start: Start): Promise<void> {
    const began = performance.now();
    this.server = obtainPostmaster(start);
    const [server] = await Promise.all([this.server, import('pg')]);
    await ensureDefaultDatabase(this.layout, this.password);
    this.log.note(`${server.adopted ? 'took over' : 'started'} process ${server.pid} in ${elapsed(began)}`);
  }

  private async keepAlive(start: Start): Promise<void> {
    for (;;) {
      const how = await this.ending();
      if (this.isStopping) return;
      const delay = this.restarts.next(Date.now());
      if (delay === undefined)
        throw new Error(`PostgreSQL ended ${MOST_RESTARTS + 1} times within a minute: giving up`);
      this.log.note(`${how}; starting it again in ${delay} ms`);
      await sleep(delay);
      if (this.isStopping) return;
      this.server = obtainPostmaster(start);
    }
  }

  // How the present server ended; a start that failed counts as an end.
  private async ending(): Promise<string> {
    try {
      return `PostgreSQL is down: ${await (await this.server)?.ended}`;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private whenEmpty(properly: boolean): void {
    if (!this.isReady) return; // looked at again when it is
    clearTimeout(this.linger);
    if (properly || this.isLeaving) this.stop();
    else this.linger = setTimeout(() => this.door.isEmpty && this.stop(), LINGER_MS);
  }

  private stop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    void this.end().then(() => process.exit(0));
  }

  private async end(): Promise<void> {
    this.door.close();
    const server = await this.server?.catch(() => undefined);
    if (server) await stopPostmaster(server);
    this.log.note('ended');
  }
}

async function main(dataDir: string): Promise<void> {
  const layout = layoutOf(dataDir);
  claimFolders(layout);
  const log = new Log(layout.log);
  process.on('uncaughtException', (error) => {
    log.note(error.stack ?? error.message);
    process.exit(1);
  });
  const password = ensurePassword(layout);
  if (!(await becomeOwner(layout, password))) process.exit(0);
  const supervisor = new Supervisor(layout, password, log);
  process.on('SIGTERM', () => supervisor.leave());
  try {
    await supervisor.run();
  } catch (error) {
    await supervisor.fail((error as Error).message);
    process.exit(1);
  }
}

// Another owner may be on its way out, and then this one follows it; or it has come first, and serves.
async function becomeOwner(layout: Layout, password: string): Promise<boolean> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (!(await takeLock(layout, password))) {
    if (await isAnswered(layout.leases)) return false;
    if (Date.now() > deadline) throw new Error(`Another supervisor uses ${layout.root} and does not respond`);
    await sleep(20);
  }
  return !(await isAnswered(layout.leases)); // in another container that shares the folder, where the lock is not seen
}

// Read by the process that started this one, as long as it waits.
function report(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // it no longer does
  }
}

function elapsed(began: number): string {
  return `${(performance.now() - began).toFixed(0)} ms`;
}

// Ctrl-C and a closed terminal are for the application, which then releases its lease.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

try {
  await main(process.argv[2] ?? '.data');
} catch (error) {
  report((error as Error).message);
  process.exit(1);
}
