// Runs all of Aerie on this machine as in production: an embedded PostgreSQL, two processes that serve, one worker for
// jobs, and a mail server that accepts all mails. Restarts what was killed, like an orchestrator.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { leaseEmbeddedPostgres } from '../../dist/src/embedded-postgres/lease.js';

const AERIE = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** Selects a backend of one of Aerie's own connections. */
const BACKEND = `select pid from pg_stat_activity where application_name like 'aerie%' and pid <> pg_backend_pid()
  order by state = 'active' desc, random() limit 1`;

export class System {
  /** Message-IDs in the order in which the mail server got them. */
  mails = [];
  #programs = new Map();
  #isStopping = false;

  static async start({ isDurable }) {
    const system = new System();
    system.folder = mkdtempSync(join(tmpdir(), 'aerie-crash-'));
    system.lease = await leaseEmbeddedPostgres(system.folder);
    system.databaseUrl = system.lease.url();
    if (!isDurable) await system.#forget();
    await system.#startMailServer();
    system.port = await freePort();
    system.url = `http://127.0.0.1:${system.port}`;
    system.#run('app', 'serve');
    await system.answers(120_000);
    system.#run('jobs', 'worker');
    return system;
  }

  /**
   * Kills one process of a kind with SIGKILL, as a power failure would. Returns false if there is none at the moment.
   */
  async kill(kind, random) {
    const pids = await this.#pidsOf(kind);
    if (pids.length === 0) return false;
    try {
      process.kill(pids[random.between(0, pids.length - 1)], 'SIGKILL');
      return true;
    } catch {
      return false; // the process has ended already
    }
  }

  /** Waits until Aerie is ready to serve. Throws an Error after the deadline. */
  async answers(withinMs) {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2000) }).catch(() => {});
      if (answer?.ok) return;
      await sleep(20);
    }
    throw new Error(`Aerie was not ready within ${withinMs} ms`);
  }

  /** Queries PostgreSQL directly, on a new connection. */
  async query(text, values = []) {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    client.on('error', () => {}); // its backend may be the one that is killed
    try {
      await client.connect();
      return (await client.query(text, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Lets PostgreSQL acknowledge commits before they are on disk. */
  async #forget() {
    const [{ name }] = await this.query('select current_database() as name');
    await this.query(`alter database "${name}" set synchronous_commit = off`);
    await this.query(`alter system set wal_writer_delay = '10s'`);
    await this.query('select pg_reload_conf()');
  }

  async stop() {
    this.#isStopping = true;
    await Promise.all([...this.#programs.values()].map(ended));
    await this.lease.release();
    await new Promise((resolve) => {
      this.mailServer.close(resolve);
    });
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #pidsOf(kind) {
    if (kind === 'worker of the API') return childrenOf(this.#programs.get('app').pid);
    if (kind === 'the whole API') return [this.#programs.get('app').pid];
    if (kind === 'worker of jobs') return [this.#programs.get('jobs').pid];
    if (kind === 'postmaster') return [postmasterOf(this.folder)].filter(Boolean);
    const rows = await this.query(BACKEND).catch(() => []);
    return rows.map(({ pid }) => pid);
  }

  #run(name, command) {
    const child = spawn(process.execPath, [AERIE, command], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: String(this.port),
        DATABASE_URL: this.databaseUrl,
        DATA_DIR: this.folder,
        JWT_SECRET: 'only-for-crashes-and-at-least-32-bytes-long',
        ACCESS_TOKEN_MINUTES: '1440',
        SMTP_URL: `smtp://127.0.0.1:${this.mailServer.server.address().port}`,
        LOG_LEVEL: 'fatal',
        ...this.#roleOf(name),
      },
      stdio: 'ignore', // the programs log errors while their database is killed
    });
    this.#programs.set(name, child);
    child.once('exit', () => {
      if (!this.#isStopping) setTimeout(() => this.#run(name, command), 100);
    });
  }

  #roleOf(name) {
    return name === 'app' ? { WORKERS: '2', JOBS_IN_PROCESS: 'false' } : {};
  }

  async #startMailServer() {
    this.mailServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (part) => (text += part));
        stream.on('end', () => {
          this.mails.push(/^message-id: *<([^@>]+)/im.exec(text)?.[1]);
          done();
        });
      },
    });
    this.mailServer.on('error', () => {}); // errors of clients that were killed
    await once(this.mailServer.listen(0, '127.0.0.1'), 'listening');
  }
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(10_000, undefined, { ref: false })]);
  child.kill('SIGKILL');
}

function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function postmasterOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
