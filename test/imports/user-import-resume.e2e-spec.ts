import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { query } from '../support/database.js';
import { begun, importedBy, lines } from '../support/imports.js';
import { aUser, world, type Actor } from '../support/world.js';

let admin: Actor;

beforeAll(async () => {
  ({ admin } = await world());
});

const imported = (body: string, given: { query?: object } = {}) => importedBy(admin, body, given);

/** Returns rows of accounts that no other test creates. One row in a hundred is invalid. */
const file = (mark: string, count = 1200) =>
  Array.from({ length: count }, (_, i) => (i % 100 === 7 ? 'bad,row' : `${i}.${mark}@example.com,Ida`));

describe('an import with an id', () => {
  it('returns the same report again if it is repeated', async () => {
    const import_id = randomUUID();
    const body = lines('email,name', ...file(import_id));
    const first = await imported(body, { query: { import_id } });
    expect(first.body).toMatchObject({ rows: 1200, created: 1188, refused: 12 });
    const second = await imported(body, { query: { import_id } });
    expect(second.text).toBe(first.text);
  });

  it('resumes after the last batch if it was interrupted', async () => {
    const import_id = randomUUID();
    const rows = file(import_id);
    await brokenOff(import_id, lines('email,name', ...rows.slice(0, 800)));
    const [before] = await query<{ rows: number; created: number }>('select * from user_imports where id = $1', [
      import_id,
    ]);
    expect(before!.rows).toBeGreaterThan(0);
    expect(before!.rows).toBeLessThan(1200);
    const whole = await imported(lines('email,name', ...rows), { query: { import_id } });
    expect(whole.body).toMatchObject({ rows: 1200, created: 1188, refused: 12 });
    expect((whole.body.refusals as { line: number }[]).map(({ line }) => line)).toEqual(
      Array.from({ length: 12 }, (_, i) => i * 100 + 9),
    );
  });

  it.each([
    ['changed', (rows: string[]) => ['other@example.com,Eve', ...rows.slice(1)]],
    ['shorter', (rows: string[]) => rows.slice(0, 10)],
  ])('is refused with a file that is %s', async (_how, change) => {
    const import_id = randomUUID();
    const rows = file(import_id, 600);
    await imported(lines('email,name', ...rows), { query: { import_id } });
    const answer = await imported(lines('email,name', ...change(rows)), { query: { import_id } });
    expect([answer.status, answer.body]).toEqual([409, { detail: 'This import was started with another file' }]);
  });

  it('creates no account twice if two requests send it at the same time', async () => {
    const import_id = randomUUID();
    const body = lines('email,name', ...file(import_id));
    const answers = await Promise.all([1, 2].map(() => imported(body, { query: { import_id } })));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect([
      [200, 200],
      [200, 409],
    ]).toContainEqual(statuses);
    const { body: again } = await imported(body, { query: { import_id } });
    expect(again).toMatchObject({ rows: 1200, created: 1188, refused: 12 });
  });

  it('is accepted even if its body takes longer than the ten seconds of other requests', async () => {
    const email = `${randomUUID()}@example.com`;
    const sent = begun(admin, randomUUID(), lines('email,name'));
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    sent.end(lines(`${email},Ida`));
    const [{ statusCode }] = await answered;
    expect(statusCode).toBe(200);
    expect(await query('select 1 from users where email = $1', [email])).toHaveLength(1);
  });

  it('is refused while the same account runs two other imports', async () => {
    const others = [1, 2].map(() => begun(admin, randomUUID(), lines('email,name')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answer = await imported(lines('email,name'));
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10']);
    const another = await importedBy(await aUser({ role: 'admin' }), lines('email,name'));
    expect(another.status).toBe(200); // other accounts still have free slots
    for (const other of others) other.destroy();
  });
});

/** Starts an import and closes the connection after the first batch. */
async function brokenOff(import_id: string, part: string): Promise<void> {
  const sent = begun(admin, import_id, part);
  for (;;) {
    const [row] = await query<{ rows: number }>('select rows from user_imports where id = $1', [import_id]);
    if (row && row.rows > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  sent.destroy();
}
