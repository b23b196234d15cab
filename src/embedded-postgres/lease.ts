import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAREWELL } from './door.js';
import { prepareHome, type Home } from './home.js';
import { knock, type Admission } from './knock.js';
import { assertPrivate, DEFAULT_DATABASE, PORT, SUPERUSER } from './layout.js';
import { startSupervisor, type Attempt } from './start-supervisor.js';

const START_TIMEOUT_MS = 150_000; // longer than the supervisor's own limits, which come with a reason
const RELEASE_TIMEOUT_MS = 5_000;

/** A share in an embedded server, which runs as long as somebody has one. It ends with the process, too. */
export interface EmbeddedPostgres {
  /** The address of a database on the server, with the password; the same for as long as the folder lives. */
  url(database?: string): string;
  /** Gives the share back. The last one to do so waits until the server is down, for 5 s at most. */
  release(): Promise<void>;
}

/** What may happen while a lease is held. */
export interface LeaseEvents {
  /** The supervisor was lost and leased again; the server itself may have run on. */
  renewed?(): void;
  /** There is no server any more and there will be none. Without this listener it is a process warning. */
  lost?(reason: Error): void;
}

/**
 * Starts or joins the embedded PostgreSQL of this data folder. Throws an Error with a sentence for people when it cannot:
 * the folder is somebody else's, the cluster is of another version, or the server does not start (with the end of its log).
 */
export async function leaseEmbeddedPostgres(dataDir: string, events: LeaseEvents = {}): Promise<EmbeddedPostgres> {
  const home = prepareHome(dataDir);
  const admission = await admit(home);
  return new Lease(home, readFileSync(home.layout.password, 'utf8').trim(), events, admission);
}

class Lease implements EmbeddedPostgres {
  private admission: Admission | undefined;
  private renewal = Promise.resolve();
  private isReleased = false;
  private released: Promise<void> | undefined;

  constructor(
    private readonly home: Home,
    private readonly password: string,
    private readonly events: LeaseEvents,
    admission: Admission,
  ) {
    void this.hold(admission);
  }

  url(database = DEFAULT_DATABASE): string {
    const host = encodeURIComponent(this.home.layout.sockets);
    return `postgres://${SUPERUSER}:${this.password}@localhost:${PORT}/${encodeURIComponent(database)}?host=${host}`;
  }

  release(): Promise<void> {
    this.isReleased = true;
    this.released ??= this.renewal.then(() => this.sayFarewell());
    return this.released;
  }

  private async hold(admission: Admission): Promise<void> {
    this.admission = admission;
    admission.socket.unref(); // a lease alone keeps no process running
    const reason = await admission.ended;
    this.admission = undefined;
    if (!this.isReleased) this.renewal = this.renew(reason);
  }

  private async renew(reason: string | undefined): Promise<void> {
    try {
      if (reason !== undefined) throw new Error(reason); // it gave up, and so would the next
      void this.hold(await admit(this.home));
      this.events.renewed?.();
    } catch (error) {
      if (this.events.lost) this.events.lost(error as Error);
      else process.emitWarning(error as Error);
    }
  }

  private async sayFarewell(): Promise<void> {
    if (this.admission === undefined) return;
    const { socket, ended } = this.admission;
    socket.ref().write(FAREWELL);
    await Promise.race([ended, sleep(RELEASE_TIMEOUT_MS, undefined, { ref: false })]);
    socket.destroy();
  }
}

async function admit(home: Home): Promise<Admission> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let attempt: Attempt | undefined;
  try {
    for (;;) {
      const admission = await knockAt(home, deadline - Date.now());
      if (admission) return admission;
      if (attempt?.failure !== undefined) throw new Error(attempt.failure);
      if (Date.now() > deadline)
        throw new Error(`The embedded PostgreSQL does not respond. See its log: ${home.layout.log}`);
      if (attempt === undefined || attempt.isOver) attempt = startSupervisor(home);
      await sleep(10);
    }
  } finally {
    attempt?.ignore();
  }
}

function knockAt({ layout, uid }: Home, timeoutMs: number): Promise<Admission | undefined> {
  if (!existsSync(layout.leases)) return Promise.resolve(undefined);
  assertPrivate(layout.sockets, uid); // whoever owns the folder could ask for the password
  return knock(layout.leases, timeoutMs);
}
