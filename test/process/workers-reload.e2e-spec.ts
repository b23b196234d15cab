/** @jest-environment node */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { asAdmin, ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';

/** Sends a request. Returns its `Connection` header, and whether it reused a connection. */
function headersBy(agent: Agent, api: string): Promise<{ reused: boolean; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asking = request(`${api}/health/live`, { agent }, (answer) => {
      answer.resume().on('end', () => {
        resolve({ reused: asking.reusedSocket, connection: answer.headers.connection });
      });
    });
    asking.on('error', reject).end();
  });
}

const REPLACED = 'All workers were replaced';
const KEPT = 'Not all workers could be replaced: the old ones keep running';
const RETIRES = 'Replaced by a new worker';

describe('two workers, on SIGUSR2 to the primary', () => {
  let database: OwnDatabase;
  let app: Program;
  let api: string;

  beforeAll(async () => {
    database = await ownDatabase();
    const env = {
      DATA_DIR: aFolder(),
      DATABASE_URL: database.url,
      WORKERS: '2',
      LOG_LEVEL: 'info',
      PRE_STOP_MS: '3000',
    };
    app = aerie(env);
    api = await app.address();
  });

  const count = (what: string) => app.output.split(what).length;
  const allowConnections = (allowed: boolean) =>
    asAdmin(`alter database "${new URL(database.url).pathname.slice(1)}" with allow_connections ${allowed}`);

  it('are replaced one by one while every request is answered', async () => {
    const before = childrenOf(app.pid);
    const state = { running: true };
    const statuses: number[] = [];
    const asking = (async () => {
      while (state.running) {
        const answer = await fetch(`${api}/health/ready`, { headers: { Connection: 'close' } });
        statuses.push(answer.status);
      }
    })();
    app.signal('SIGUSR2');
    await eventually(async () => app.output.includes(RETIRES) || undefined);
    app.signal('SIGUSR2'); // perhaps for yet another build
    await eventually(async () => count(REPLACED) > 2 || undefined);
    state.running = false;
    await asking;
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const after = childrenOf(app.pid);
    expect(after).toHaveLength(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    expect(app.output).not.toContain('died');
  });

  it('answer one more request on a keep-alive connection, which the retired worker then closes', async () => {
    const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 })); // one connection to each worker
    for (const agent of agents) await headersBy(agent, api);
    const [replaced, retired] = [count(REPLACED), count(RETIRES)];
    app.signal('SIGUSR2');
    await eventually(async () => count(RETIRES) > retired || undefined);
    await sleep(1000);
    const answers = await Promise.all(agents.map((agent) => headersBy(agent, api)));
    expect(answers.map(({ reused }) => reused)).toEqual([true, true]);
    expect(answers.filter(({ connection }) => connection === 'close')).toHaveLength(1);
    for (const agent of agents) agent.destroy();
    await eventually(async () => count(REPLACED) > replaced || undefined);
  });

  /** Makes the last migration one that is not applied. Returns its name, and a function that applies it. */
  async function unapplied(): Promise<{ name: string; apply: () => Promise<unknown> }> {
    const [{ name }] = (await database.query<{ name: string }>(
      'delete from migrations where id = (select max(id) from migrations) returning name',
    )) as [{ name: string }];
    const row = `substring('${name}', '[0-9]+$')::bigint, '${name}'`;
    return { name, apply: () => database.query(`insert into migrations (timestamp, name) values (${row})`) };
  }

  it('keep running if the new build has a migration that is not applied', async () => {
    const before = childrenOf(app.pid);
    const { name, apply } = await unapplied();
    app.signal('SIGUSR2');
    await eventually(async () => app.output.includes(KEPT) || undefined);
    await apply();
    expect(app.output).toContain(`1 migration(s) of this build are not applied (${name}): run "npm run migrate" first`);
    expect(childrenOf(app.pid)).toEqual(before);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  });

  it('serve without one that died until the migration of the new build is applied', async () => {
    const [dead = 0, other] = childrenOf(app.pid);
    const { apply } = await unapplied();
    process.kill(dead, 'SIGKILL');
    for (const seconds of [1, 2, 4]) {
      await app.says(
        new RegExp(
          `A new worker did not start: see its message above. 1 of 2 workers serve. The next attempt is in ${seconds} s. ` +
            'If the new build has a migration that is not applied, run .+npm run migrate.+then send SIGUSR2',
        ),
      );
    }
    expect(app.output.split(/Worker \d+ died/)).toHaveLength(2);
    expect(childrenOf(app.pid)).toContain(other);
    expect((await fetch(`${api}/items?limit=1`)).status).toBe(200);
    await apply();
    const replaced = count(REPLACED);
    app.signal('SIGUSR2');
    await eventually(async () => count(REPLACED) > replaced || undefined);
    await eventually(async () => childrenOf(app.pid).length === 2 || undefined);
    expect(childrenOf(app.pid)).not.toContain(other);
  });

  it('keep running if the signal reaches them, too', async () => {
    const before = childrenOf(app.pid);
    const replaced = count(REPLACED);
    for (const pid of [...before, app.pid]) process.kill(pid, 'SIGUSR2'); // as "systemctl kill" does
    await eventually(async () => count(REPLACED) > replaced || undefined);
    expect(app.output.split(/Worker \d+ died/)).toHaveLength(2); // one was killed above
  });

  it('keep running if a successor does not start', async () => {
    const before = childrenOf(app.pid);
    const kept = count(KEPT);
    await allowConnections(false);
    app.signal('SIGUSR2');
    await eventually(async () => count(KEPT) > kept || undefined, 240_000);
    await allowConnections(true);
    expect(childrenOf(app.pid)).toEqual(before);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });
});

it('SIGUSR2 before the workers serve replaces them as soon as they do', async () => {
  const { url } = await ownDatabase();
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: url, WORKERS: '2', LOG_LEVEL: 'info' });
  await eventually(async () => childrenOf(app.pid).length > 0 || undefined);
  app.signal('SIGUSR2');
  await eventually(async () => app.output.includes(REPLACED) || undefined);
  app.signal('SIGTERM');
  expect(await app.ended).toBe(0);
});

it('SIGUSR2 does not end a single process, which logs that it has no workers', async () => {
  const { url } = await ownDatabase();
  const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: url });
  const api = await app.address();
  app.signal('SIGUSR2');
  await app.says(/SIGUSR2 is ignored: this process has no workers to replace/);
  expect((await fetch(`${api}/health/ready`)).status).toBe(200);
});
