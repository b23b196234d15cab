import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from './factories.js';
import { freePort } from './free-port.js';

/** PgBouncer refuses to run as root. */
const NOBODY = 65_534;
const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const PROGRAM = process.env['PGBOUNCER'] ?? 'pgbouncer';
const VERSION = Number(
  /(\d+\.\d+)/.exec(spawnSync(PROGRAM, ['--version']).stdout?.toString() ?? '')?.[1]?.replace('.', '') ?? 0,
);
const poolers: PgBouncer[] = [];

/** Whether PgBouncer is installed. Warns if not, as its tests are skipped. */
export function hasPgBouncer(): boolean {
  if (VERSION === 0) console.warn('SKIPPED: pgbouncer is not installed, so no pooler is tested');
  return VERSION > 0;
}

/** Whether PgBouncer supports prepared statements, as of release 1.21. Warns if not. */
export function knowsStatements(): boolean {
  const does = VERSION >= 121;
  if (!does)
    console.warn('SKIPPED: this pgbouncer is older than 1.21, so prepared statements behind a pooler are not tested');
  return does;
}

/** A real PgBouncer in front of a database, with its default settings except for the given ones. */
export class PgBouncer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly database: URL,
  ) {
    poolers.push(this);
  }

  static async before(url: string, settings: Record<string, string | number> = {}): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-pgbouncer-'));
    const pooler = new PgBouncer(folder, await freePort(), new URL(url));
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(file, pooler.configuration(settings));
    if (account.uid !== undefined) for (const path of [folder, file]) chownSync(path, account.uid, account.gid);
    chmodSync(file, 0o600);
    pooler.process = spawn(PROGRAM, ['-q', file], { stdio: 'ignore', ...account });
    await eventually(() => pooler.answers());
    return pooler;
  }

  /** The URL of the database through PgBouncer. */
  get url(): string {
    return `postgres://aerie@127.0.0.1:${this.port}/pooled`;
  }

  async stop(): Promise<void> {
    const { process: child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private configuration(settings: Record<string, string | number>): string {
    const { hostname, port, pathname, username, password, searchParams } = this.database;
    const place = {
      host: searchParams.get('host') ?? hostname,
      port: searchParams.get('port') ?? (port || '5432'),
      dbname: pathname.slice(1),
      user: decodeURIComponent(username),
      ...(password ? { password: decodeURIComponent(password) } : {}),
    };
    const options = {
      listen_addr: '127.0.0.1',
      listen_port: this.port,
      unix_socket_dir: '',
      auth_type: 'any',
      ...settings,
    };
    return `[databases]\npooled = ${lines(place, '=').join(' ')}\n[pgbouncer]\n${lines(options, ' = ').join('\n')}\n`;
  }

  private async answers(): Promise<true | undefined> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return undefined;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function lines(of: object, between: string): string[] {
  return Object.entries(of).map(([name, value]) => `${name}${between}${value}`);
}

afterAll(() => Promise.all(poolers.splice(0).map((pooler) => pooler.stop())));
