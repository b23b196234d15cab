import { randomUUID } from 'node:crypto';
import { eventually } from './factories.js';
import { MailServer } from './mail-server.js';
import { aerie, aFolder, type Program } from './processes.js';
import { PostgresServer } from './streaming.js';
import { Actor, PASSWORD, PASSWORD_HASH, signIn } from './world.js';

interface Ready {
  readonly database: string;
  readonly replicas: readonly { state: string; lag_ms: number | null }[];
}

/** A primary with a streaming replica. Programs under test use both, and share state only through the database. */
export class Replicated {
  private readonly dataDir = aFolder();

  private constructor(
    readonly primary: PostgresServer,
    readonly replica: PostgresServer,
    readonly mails: MailServer,
  ) {}

  static async begin(): Promise<Replicated> {
    const primary = await PostgresServer.primary();
    return new Replicated(primary, await primary.replica(), await MailServer.start());
  }

  /** Starts a program that reads from the replica, however late the replica is. */
  start(env: Record<string, string> = {}): Program {
    return aerie({
      DATA_DIR: this.dataDir,
      DATABASE_URL: this.primary.url,
      DATABASE_REPLICA_URLS: this.replica.url,
      DATABASE_POOL_SIZE: '2',
      DATABASE_POOL_OVERFLOW: '10',
      REPLICA_MAX_LAG_SECONDS: '600',
      SMTP_URL: this.mails.url,
      ...env,
    });
  }

  /** Pauses the replay on the replica: later writes do not appear there. */
  async pause(): Promise<void> {
    await this.replica.query('select pg_wal_replay_pause()');
    await eventually(async () => {
      const [state] = await this.replica.query<{ is: string }>('select pg_get_wal_replay_pause_state() as is');
      return state!.is === 'paused' ? true : undefined;
    });
  }

  async resume(): Promise<void> {
    await this.replica.query('select pg_wal_replay_resume()');
  }

  async account(url: string, role: 'user' | 'admin' = 'user'): Promise<Actor> {
    const email = `${randomUUID()}@example.com`;
    const [made] = await this.primary.query<{ id: number }>(
      `insert into users (email, name, role, password_hash) values ($1, 'Ann', $2, $3) returning id::int`,
      [email, role, PASSWORD_HASH],
    );
    return new Actor(made!.id, email, (await signIn(email, PASSWORD, url)).access_token, url);
  }

  /** Whether the paused replica answers this reader: the answer lacks an item that was just created. */
  async answers(reader: Actor): Promise<boolean> {
    const name = randomUUID();
    await this.primary.query('insert into items (name, stock, price_cents) values ($1, 1, 5)', [name]);
    const { status, body } = await reader.get(`/items?search=${name}`);
    expect(status).toBe(200);
    return (body as { items: object[] }).items.length === 0;
  }
}

export async function ready(url: string): Promise<Ready> {
  return (await (await fetch(`${url}/health/ready`)).json()) as Ready;
}

/** Waits until the only replica has this state in the readiness response. */
export async function untilReplicaIs(state: string, url: string): Promise<void> {
  await eventually(async () => ((await ready(url)).replicas[0]!.state === state ? true : undefined));
}
