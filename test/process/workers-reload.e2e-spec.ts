/** @jest-environment node */
import { eventually } from '../support/factories.js';
import { asAdmin, ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, childrenOf, type Program } from '../support/processes.js';

import.meta.jest.setTimeout(60_000);

const REPLACED = 'All workers were replaced';

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

  const allowConnections = (allowed: boolean) =>
    asAdmin(`alter database "${new URL(database.url).pathname.slice(1)}" with allow_connections ${allowed}`);

  it('are replaced one by one, while every request is answered', async () => {
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
    app.signal('SIGUSR2');
    await eventually(async () => app.output.includes(REPLACED) || undefined);
    state.running = false;
    await asking;
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    const after = childrenOf(app.pid);
    expect(after).toHaveLength(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    expect(app.output).not.toContain('died');
  });

  it('stay when a successor does not start', async () => {
    const before = childrenOf(app.pid);
    await allowConnections(false);
    app.signal('SIGUSR2');
    await eventually(
      async () => app.output.includes('Not all workers could be replaced: the old ones keep running') || undefined,
    );
    await allowConnections(true);
    expect(childrenOf(app.pid)).toEqual(before);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });
});
