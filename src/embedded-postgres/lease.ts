import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE_MESSAGE } from './lease-server.js';
import { requestLease, type LeaseConnection } from './request-lease.js';
import { prepareServerFolder, type ServerFolder } from './server-folder.js';
import { assertPrivate, DEFAULT_DATABASE, PORT, SUPERUSER } from './server-paths.js';
import { startSupervisor, type SupervisorStart } from './start-supervisor.js';

const START_TIMEOUT_MS = 150_000; // longer than the supervisor's own limits, which come with a reason
const RELEASE_TIMEOUT_MS = 5_000;

/** A lease on an embedded server, which runs as long as any process holds one. A lease also ends with its process. */
export interface EmbeddedPostgres {
  /** The address of a database on the server, with the password; the same for as long as the folder lives. */
  url(database?: string): string;
  /** Gives the lease back. The last holder waits until the server has stopped, for 5 s at most. */
  release(): Promise<void>;
}

/** Called when something happens while a lease is held. */
export interface LeaseEvents {
  /** The supervisor had died, and a new one gave another lease. The server itself may have gone on running. */
  renewed?(): void;
  /** There is no server any more, and none will be started. Without this listener it is a process warning. */
  lost?(reason: Error): void;
}

/**
 * Starts the embedded PostgreSQL of this data folder, or joins the one that runs. Throws an Error that says what to do when it
 * cannot: the folder belongs to another account, its data are of another version, or the server does not start (with the end
 * of its log).
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
    connection.socket.unref(); // a lease alone keeps no process running
    const reason = await connection.ended;
    this.connection = undefined;
    if (!this.isReleased) this.renewal = this.renew(reason);
  }

  private async renew(reason: string | undefined): Promise<void> {
    try {
      if (reason !== undefined) throw new Error(reason); // it gave up, and so would the next one
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

/** Asks the supervisor for a lease until it gives one, and starts a supervisor if there is none. */
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
  assertPrivate(paths.socketDirectory, ownerUid); // another account with a socket there would be sent the password
  return requestLease(paths.leaseSocket, timeoutMs);
}
