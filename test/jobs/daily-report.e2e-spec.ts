import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { query } from '../support/database.js';
import { anOrder, eventually } from '../support/factories.js';
import { mailFiles, readMail } from '../support/mail.js';
import { aUser, type Actor } from '../support/world.js';

let admin: Actor;
let other: Actor;

/** Waits until the application has written at least `count` mails, and returns them. */
const mails = (count: number) =>
  eventually(async () => {
    const files = await mailFiles(join(dataDir, 'mail'));
    const raw = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return raw.length >= count && !raw.includes('') ? raw.map(readMail) : undefined;
  });

const left = (name: string) =>
  query(`select 1 from pgboss.job where name = $1 and state not in ('completed', 'failed')`, [name]);

beforeAll(async () => {
  [admin, other] = await Promise.all([aUser({ role: 'admin', name: 'Ada' }), aUser({ role: 'admin' })]);
  const disabled = await aUser({ role: 'admin' });
  await query('update users set is_active = false where id = $1', [disabled.id]);
  const user = await aUser();
  await query(`update users set created_at = now() - interval '1 day' where id = $1`, [user.id]);
  const place = async (status: 'new' | 'cancelled', day: string) => {
    const { id } = await anOrder({ user_id: user.id, status });
    await query(
      `update orders set created_at = (date_trunc('day', now() at time zone 'UTC') + $2::interval) at time zone 'UTC' where id = $1`,
      [id, day],
    );
  };
  for (const day of ['-1 day', '-1 s', '-12 hours']) await place('new', day);
  await place('cancelled', '-2 hours');
  for (const day of ['0', '-1 day -1 s']) await place('new', day);
  await stopApp();
});

it('the daily report goes to every active admin once, and covers the previous day', async () => {
  await query(`update pgboss.schedule set created_on = now() - interval '10 days'`);
  await query(`update pgboss.version set cron_on = now() - interval '2 days'`);
  await Promise.all([startApp(), startApp()]);
  const sent = await mails(2);
  await eventually(async () => ((await left('daily-report-mail')).length === 0 ? true : undefined));
  expect(new Set(sent.map(({ headers }) => headers['to']))).toEqual(new Set([admin.email, other.email]));
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const mine = sent.find(({ headers }) => headers['to'] === admin.email)!;
  expect(mine.headers['subject']).toBe(`Aerie report for ${day}`);
  expect(mine.text).toMatch(/^Hello Ada,\n[\s\S]*\nOrders: 4\nRevenue: USD 7\.50\nNew accounts: 1\n/);
  expect(mine.html).toContain('7.50');
  expect(await mails(2)).toHaveLength(2);
});
