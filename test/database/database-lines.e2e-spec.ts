import { query } from '../support/database.js';
import { Door } from '../support/door.js';
import { anItem } from '../support/factories.js';
import { anon } from '../support/world.js';

/** Runs the work while every read of the items takes at least 0.3 s. */
async function slowly(work: () => Promise<void>): Promise<void> {
  await query('alter table items rename to items_kept');
  await query('create view items as select items_kept.* from items_kept, lateral (select pg_sleep(0.3)::text) pause');
  await work().finally(() => query('drop view items; alter table items_kept rename to items'));
}

const byName = (a: unknown, b: unknown) => String(a).localeCompare(String(b));

const slowOf = (lines: RunningApp['logs']) => lines.filter(({ msg }) => msg === 'slow statement');

describe('the log line of a slow statement', () => {
  it('contains its text, duration, request id and trace id, but no parameters', async () => {
    const app = await startApp({ env: { SLOW_STATEMENT_MS: '200' } });
    const { id } = await anItem();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await slowly(async () => {
      const answers = await Promise.all(
        ['first', 'second'].map((request_id) =>
          anon.at(app.url).get(`/items/${id}`).set('X-Request-ID', request_id).set('traceparent', traceparent),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });
    const lines = slowOf(app.logs);
    expect(lines.map((line) => line['request_id']).toSorted(byName)).toEqual(['first', 'second']);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 40, trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', ms: expect.any(Number) });
      expect(line['ms']).toBeGreaterThanOrEqual(300);
      expect(line['statement']).toMatch(/^select .+ from "?items"? .*\$1/i);
    }
    await app.stop();
  });

  it('belongs to the request that waited for the connection, not to the one that released it', async () => {
    const app = await startApp({
      env: { SLOW_STATEMENT_MS: '200', DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '0' },
    });
    const { id } = await anItem();
    const ids = ['a', 'b', 'c'];
    await slowly(async () => {
      await Promise.all(ids.map((one) => anon.at(app.url).get(`/items/${id}`).set('X-Request-ID', one)));
    });
    expect(
      slowOf(app.logs)
        .map((line) => line['request_id'])
        .toSorted(byName),
    ).toEqual(ids);
    await app.stop();
  });

  it('is not written if SLOW_STATEMENT_MS is 0', async () => {
    const app = await startApp({ env: { SLOW_STATEMENT_MS: '0' } });
    const { id } = await anItem();
    await slowly(async () => void (await anon.at(app.url).get(`/items/${id}`)));
    expect(slowOf(app.logs)).toEqual([]);
    await app.stop();
  });
});

describe('while the database is unavailable', () => {
  it('each cause is logged about once per second, without a stack, with the number of omitted lines', async () => {
    const door = await Door.open();
    const app = await startApp({ env: { DATABASE_URL: door.url } });
    const { id } = await anItem();
    expect((await anon.at(app.url).get(`/items/${id}`)).status).toBe(200);
    const before = app.logs.length;
    door.close();
    const began = performance.now();
    let failed = 0;
    while (performance.now() - began < 3000 || failed <= 50) {
      const answers = await Promise.all(Array.from({ length: 5 }, () => anon.at(app.url).get(`/items/${id}`)));
      failed += answers.filter(({ status }) => status === 503).length;
    }
    await door.reopen();
    const lines = app.logs.slice(before).filter(({ msg }) => msg !== 'request');
    const seconds = (performance.now() - began) / 1000;
    const ofCause = Map.groupBy(lines, ({ cause }) => String(cause));
    expect(ofCause.size).toBeLessThan(6); // the twenty queues fail for the same reasons
    for (const [cause, same] of ofCause) {
      expect(cause).not.toBe('undefined');
      expect(same.length).toBeLessThanOrEqual(seconds + 2);
    }
    const refused = [...ofCause].find(([cause]) => /ECONNREFUSED/.test(cause))![1];
    expect(refused.reduce((sum, { omitted }) => sum + Number(omitted ?? 0), 0)).toBeGreaterThan(20);
    expect(JSON.stringify(lines)).not.toMatch(/\[object Object\]|\n +at /);
    await app.stop();
  });
});
