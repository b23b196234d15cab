import { query } from '../support/database.js';
import { aSession, eventually } from '../support/factories.js';
import { anAccessToken } from '../support/access-tokens.js';
import { world } from '../support/world.js';

const jobs = (name: string) =>
  query<{ id: string; state: string }>(`select id, state::text from pgboss.job where name = $1`, [name]);
const ended = (name: string) =>
  eventually(async () => {
    const found = await jobs(name);
    return found.some(({ state }) => !['created', 'retry', 'active'].includes(state)) ? found : undefined;
  });

/** Starts processes as if none had checked the schedule for this interval. */
async function wakeAfter(interval: string, processes: number): Promise<void> {
  await stopApp();
  await query(`update pgboss.schedule set created_on = now() - interval '10 days'`);
  await query('update pgboss.version set cron_on = now() - $1::interval', [interval]);
  const env = { REQUEST_TIMEOUT_SECONDS: '60' }; // several start at once
  await Promise.all(Array.from({ length: processes }, () => startApp({ env })));
}

describe('a recurring job', () => {
  it('runs once after downtime, regardless of the number of processes, and cleans up only expired rows', async () => {
    const { user } = await world();
    const ids = [];
    for (const change of [
      `revoked_at = now() - interval '31 days'`,
      `expires_at = now() - interval '31 days'`,
      `last_used_at = now() - interval '45 days'`,
      `revoked_at = now() - interval '29 days'`,
      `last_used_at = now() - interval '43 days'`,
    ]) {
      const { id } = await aSession(user.id);
      await query(`update sessions set ${change} where id = $1`, [id]);
      ids.push(id);
    }
    const expired = await anAccessToken(user);
    await query(`update access_tokens set expires_at = now() - interval '31 days' where id = $1`, [expired.id]);
    const kept = await anAccessToken(user);
    await query(
      `insert into sent_mails values (gen_random_uuid(), now() - interval '61 days'), (gen_random_uuid(), now())`,
    );
    await query(`insert into attempts (key, count, since, until) values ('old', 1, now() - interval '25 hours', null),
      ('waits', 1, now() - interval '25 hours', now() + interval '1 hour'), ('new', 1, now(), null)`);
    await query(
      `insert into account_tokens (user_id, purpose, email, token_hash, created_at, expires_at)
      select $1, purpose, 'ann@example.com', purpose, now(), now() - ended::interval
      from (values ('password_reset', '25 hours'), ('email_change', '23 hours')) made (purpose, ended)`,
      [user.id],
    );
    await wakeAfter('2 days', 3);
    const daily = ['session-clean-up', 'access-token-clean-up', 'account-token-clean-up', 'sent-mails-clean-up'];
    const completed = { id: expect.any(String) as string, state: 'completed' };
    for (const name of [...daily, 'daily-report']) expect(await ended(name)).toEqual([completed]);
    expect(await ended('attempt-clean-up')).toContainEqual(completed); // hourly: it may be due during the test, too
    const left = await query<{ id: string }>('select id from sessions where id = any($1) order by number', [ids]);
    expect(left.map(({ id }) => id)).toEqual(ids.slice(3));
    expect(await query('select id from access_tokens')).toEqual([{ id: kept.id }]);
    expect(await query(`select key from attempts where key !~ ':' order by 1`)).toEqual([
      { key: 'new' },
      { key: 'waits' },
    ]);
    expect(await query('select purpose from account_tokens')).toEqual([{ purpose: 'email_change' }]);
    expect(await query("select 1 from sent_mails where accepted_at < now() - interval '1 hour'")).toEqual([]);
  });

  it('does not run again if a process starts shortly afterwards', async () => {
    await wakeAfter('10 s', 2);
    await eventually(async () => {
      const [row] = await query<{ passed: boolean }>(
        `select cron_on > now() - interval '10 s' passed from pgboss.version`,
      );
      return row!.passed || undefined;
    });
    expect(await jobs('session-clean-up')).toHaveLength(1);
  });
});
