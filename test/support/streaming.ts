import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { eventually } from './factories.js';
import { freePort } from './free-port.js';
import { childrenOf, signalIfAlive } from './processes.js';

const [BINARIES] = globSync('/usr/lib/postgresql/*/bin/pg_basebackup').map(dirname).toSorted().toReversed();
/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const servers: PostgresServer[] = [];

/** Whether a PostgreSQL that can copy itself is installed. Warns if not, as its tests are skipped. */
export function hasReplication(): boolean {
  if (BINARIES === undefined) console.warn('SKIPPED: pg_basebackup is not installed, so no real replica is tested');
  return BINARIES !== undefined;
}

/** A real PostgreSQL on its own port, which can be copied, killed, frozen and started again. */
export class PostgresServer {
  private process: ChildProcess | undefined;
  private readonly pool: pg.Pool;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {
    this.pool = new pg.Pool({ connectionString: this.url, max: 2 }).on('error', () => {});
    servers.push(this);
  }

  static async primary(): Promise<PostgresServer> {
    const server = new PostgresServer(aServersFolder(), await freePort());
    await run(
      'initdb',
      '-D',
      server.data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    );
    await server.start();
    return server;
  }

  /** Starts a streaming replica of this server. */
  async replica(): Promise<PostgresServer> {
    const server = new PostgresServer(aServersFolder(), await freePort());
    await run('pg_basebackup', '-D', server.data, '-d', this.url, '-c', 'fast', '-R', '--no-sync');
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=200'];
    const args = ['-D', this.data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])];
    this.process = spawn(join(BINARIES!, 'postgres'), args, { stdio: 'ignore', cwd: this.folder, ...account });
    await eventually(() => this.query('select 1').catch(() => undefined));
  }

  async query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(text, values)).rows;
  }

  /** Kills the postmaster and all processes that it has started. */
  async kill(): Promise<void> {
    const { process: server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    this.signal('SIGCONT'); // a frozen backend does not notice the death of its postmaster
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  /** Signals all processes of the server. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.process!.pid!;
    for (const each of [pid, ...childrenOf(pid)]) signalIfAlive(each, name);
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.pool.end();
    while (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true, maxRetries: 20 });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }
}

function aServersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-streaming-'));
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

async function run(program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(join(BINARIES!, program), args, { cwd: tmpdir(), ...account });
}

afterAll(() => Promise.all(servers.splice(0).map((server) => server.remove())));
