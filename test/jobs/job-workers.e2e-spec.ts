/** @jest-environment node */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/factories.js';
import { MailServer } from '../support/mail-server.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aFolder, elapsed, MAIN, Program } from '../support/processes.js';

/** A mail server that accepts connections but never sends a greeting, so clients wait. */
class SilentServer {
  private readonly sockets: Socket[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.sockets.push(socket.on('error', () => {})));
  }

  static async start(): Promise<SilentServer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new SilentServer(server);
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Waits for the first connection. */
  called = () => eventually(() => Promise.resolve(this.sockets[0]));

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

let database: OwnDatabase;
let silent: SilentServer;
let mails: MailServer;

beforeEach(async () => {
  database = await ownDatabase();
  [silent, mails] = await Promise.all([SilentServer.start(), MailServer.start()]);
});

afterEach(async () => {
  silent.stop();
  await mails.stop();
});

/** Starts what `npm run worker` starts, without npm. */
async function aWorker(SMTP_URL: string, env = {}): Promise<Program> {
  const worker = new Program(process.execPath, [MAIN, 'worker'], {
    env: { DATABASE_URL: database.url, DATA_DIR: aFolder(), LOG_LEVEL: 'warn', SMTP_URL, ...env },
  });
  await worker.says(/runs jobs/);
  return worker;
}

/** Adds the job of a welcome mail, as a request would. Returns its id. */
async function aMail(): Promise<string> {
  const [job] = await database.query<{ id: string }>(
    `insert into pgboss.job (name, data, retry_limit, retry_delay, retry_backoff, retry_delay_max, heartbeat_seconds, dead_letter)
     values ('welcome-mail', '{"email": "ann@example.com"}', 5, 1, true, 600, 10, 'dead-letters') returning id`,
  );
  return job!.id;
}

const job = async (id: string) => {
  const [row] = await database.query<{ state: string; retry_count: number }>(
    'select state::text, retry_count from pgboss.job where id = $1',
    [id],
  );
  return row!;
};

const completed = (id: string) => eventually(async () => ((await job(id)).state === 'completed' ? true : undefined));

describe('a worker', () => {
  it('that is killed leaves its job to another worker, which completes it', async () => {
    const dying = await aWorker(silent.url);
    const id = await aMail();
    await silent.called();
    dying.signal('SIGKILL');
    const ms = await elapsed(Promise.all([aWorker(mails.url), completed(id)]));
    process.stdout.write(`redelivered after ${(ms / 1000).toFixed(1)} s\n`);
    expect(mails.received).toHaveLength(1);
    expect((await job(id)).retry_count).toBe(1);
  });

  it('that receives SIGINT returns its unfinished job to the queue before the heartbeat timeout', async () => {
    const stopping = await aWorker(silent.url);
    const id = await aMail();
    await silent.called();
    await aWorker(mails.url);
    stopping.signal('SIGINT');
    expect(await stopping.ended).toBe(0);
    expect(await job(id)).not.toEqual({ state: 'active', retry_count: 0 });
    await completed(id);
    expect(mails.received).toHaveLength(1);
  });
});

/** Starts a worker for jobs of the kind `stall`; see stalling-worker.mjs. */
async function start(name: string, takesMs: number, how: string): Promise<Program> {
  const program = new Program(process.execPath, ['test/jobs/stalling-worker.mjs', name, String(takesMs), how], {
    env: { DATABASE_URL: database.url, DATA_DIR: aFolder() },
  });
  await program.says(new RegExp(`${name} is there`));
  return program;
}

async function aStallingJob(): Promise<string> {
  const [stalling] = await database.query<{ id: string }>(
    `insert into pgboss.job (name, data, retry_limit, retry_delay, heartbeat_seconds) values ('stall', '{}', 5, 1, 10) returning id`,
  );
  return stalling!.id;
}

/** Freezes a worker during its attempt, lets another do the job, and resumes the first. Returns what both wrote. */
async function effectsOf(how: string): Promise<{ effects: string[]; slept: Program; id: string }> {
  await database.query('create table test_effects (worker text)');
  const slept = await start('sleeper', 2000, how);
  const id = await aStallingJob();
  await slept.says(/begins attempt 1/);
  slept.signal('SIGSTOP');
  const other = await start('other', 0, how);
  await other.says(/other begins attempt 2/);
  await other.says(/other has done it/);
  slept.signal('SIGCONT');
  await slept.says(/sleeper(?: has done it|: )/);
  const rows = await database.query<{ worker: string }>('select worker from test_effects');
  return { effects: rows.map(({ worker }) => worker), slept, id };
}

it('a worker keeps its job if a step takes almost as long as the heartbeat timeout', async () => {
  await database.query('create table test_effects (worker text)');
  const stepping = await start('stepper', 9000, 'step');
  const id = await aStallingJob();
  await stepping.says(/stepper(?: has done it|: )/);
  expect(stepping.output).toContain('stepper has done it');
  expect(await job(id)).toEqual({ state: 'completed', retry_count: 0 });
});

describe('a worker that resumes after a stall longer than the heartbeat timeout', () => {
  it('changes nothing, so that the effect happens once', async () => {
    const { effects, slept, id } = await effectsOf('finish');
    expect(effects).toEqual(['other']);
    expect(slept.output).toContain('sleeper: This attempt no longer has the job');
    await completed(id);
    expect((await job(id)).retry_count).toBe(1);
  });

  it('would write a second time if its effect and its completion were not in one transaction', async () => {
    const { effects } = await effectsOf('unfenced');
    expect(effects).toEqual(['other', 'sleeper']);
  });
});
