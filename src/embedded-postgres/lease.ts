import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE_MESSAGE } from './lease-server.js';
import { requestLease, type LeaseConnection } from './request-lease.js';
import { prepareServerFolder, type ServerFolder } from './server-folder.js';
import { assertPrivate, DEFAULT_DATABASE, PORT, SUPERUSER } from './server-paths.js';
import { startSupervisor, type SupervisorStart } from './start-supervisor.js';

const START_TIMEOUT_MS = 150_000; // longer than the supervisor's own timeouts, whose errors say more
const RELEASE_TIMEOUT_MS = 5_000;

/**
 * A lease on an embedded server. The server runs while any process has a lease. A lease ends with its process at the
 * latest.
 */
export interface EmbeddedPostgres {
  /** Returns the URL of a database on the server, with the password. It never changes while the folder exists. */
  url(database?: string): string;
  /** Releases the lease. The last holder waits until the server has stopped, for 5 s at most. */
  release(): Promise<void>;
}

/** Callbacks for events while a lease is held. */
export interface LeaseEvents {
  /** The supervisor died, and a new one granted another lease. The server itself may have kept running. */
  renewed?(): void;
  /** The server has stopped and will not be restarted. Without this callback, a process warning is emitted. */
  lost?(reason: Error): void;
}

/**
 * Starts the embedded PostgreSQL of this data folder, or uses the one that is running. Throws an Error with the remedy
 * if the folder belongs to another account, the data directory has another version, or the server does not start (with
 * the end of its log).
 */
export async function leaseEmbeddedPostgres(dataDir: string, events: LeaseEvents = {}): Promise<EmbeddedPostgres> {
  const folder = prepareServerFolder(dataDir);
  const connection = await obtainLease(folder);
  return new Lease(folder, readFileSync(folder.paths.passwordFile, 'utf8').trim(), events, connection);
}

class Lease implements EmbeddedPostgres {
  private connection: LeaseConnection | undefined;
  private renewal = Promise.resolve();
  private isReleased = false;
  private released: Promise<void> | undefined;

  constructor(
    private readonly folder: ServerFolder,
    private readonly password: string,
    private readonly events: LeaseEvents,
    connection: LeaseConnection,
  ) {
    void this.hold(connection);
  }

  url(database = DEFAULT_DATABASE): string {
    const host = encodeURIComponent(this.folder.paths.socketDirectory);
    return `postgres://${SUPERUSER}:${this.password}@localhost:${PORT}/${encodeURIComponent(database)}?host=${host}`;
  }

  release(): Promise<void> {
    this.isReleased = true;
    this.released ??= this.renewal.then(() => this.giveBack());
    return this.released;
  }

  private async hold(connection: LeaseConnection): Promise<void> {
    this.connection = connection;
    connection.socket.unref(); // a lease alone does not keep the process running
    const reason = await connection.ended;
    this.connection = undefined;
    if (!this.isReleased) this.renewal = this.renew(reason);
  }

  private async renew(reason: string | undefined): Promise<void> {
    try {
      if (reason !== undefined) throw new Error(reason); // the supervisor gave up, and a new one would too
      void this.hold(await obtainLease(this.folder));
      this.events.renewed?.();
    } catch (error) {
      if (this.events.lost) this.events.lost(error as Error);
      else process.emitWarning(error as Error);
    }
  }

  private async giveBack(): Promise<void> {
    if (this.connection === undefined) return;
    const { socket, ended } = this.connection;
    socket.ref().write(RELEASE_MESSAGE);
    await Promise.race([ended, sleep(RELEASE_TIMEOUT_MS, undefined, { ref: false })]);
    socket.destroy();
  }
}

/** Requests a lease until the supervisor grants one. Starts a supervisor if none is running. */
async function obtainLease(folder: ServerFolder): Promise<LeaseConnection> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let start: SupervisorStart | undefined;
  try {
    for (;;) {
      const connection = await requestLeaseOf(folder, deadline - Date.now());
      if (connection) return connection;
      if (start?.failure !== undefined) throw new Error(start.failure);
      if (Date.now() > deadline)
        throw new Error(`The embedded PostgreSQL does not respond. See its log: ${folder.paths.logFile}`);
      if (start === undefined || start.isOver) start = startSupervisor(folder);
      await sleep(10);
    }
  } finally {
    start?.ignore();
  }
}

function requestLeaseOf({ paths, ownerUid }: ServerFolder, timeoutMs: number): Promise<LeaseConnection | undefined> {
  if (!existsSync(paths.leaseSocket)) return Promise.resolve(undefined);
  assertPrivate(paths.socketDirectory, ownerUid); // otherwise the password could be sent to a socket of another account
  return requestLease(paths.leaseSocket, timeoutMs);
}
