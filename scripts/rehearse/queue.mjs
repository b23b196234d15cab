// The job queue: the tables that builds use, and jobs of each kind and state that no worker touches.
import { withClient } from './client.mjs';
import { MANY } from './sizes.mjs';
import { quoted } from './sql.mjs';

/** The table of the jobs that must stay the same. */
export const JOBS = 'pgboss.job';
const TABLES = [JOBS, 'pgboss.queue', 'pgboss.schedule'];

const TABLE = `
  select array_agg(a.attname::text order by a.attnum) as columns,
    (select array_agg(k.attname::text order by k.attnum) from pg_index i
      join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any (i.indkey)
      where i.indrelid = $1::regclass and i.indisprimary) as key
  from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`;

/** They wait, or have ended, for ten years. Most have ended: the queue is as large as other tables. */
const PLANT = `
  insert into pgboss.job (id, name, data, state, start_after, started_on, completed_on, keep_until, expire_seconds, deletion_seconds)
  select ('00000000-0000-7000-8000-' || lpad((row_number() over ())::text, 12, '0'))::uuid, name, '{}', state,
    now() + interval '10 years', case when state in ('created', 'cancelled') then null else now() end,
    case when state in ('completed', 'cancelled', 'failed') then now() end, now() + interval '20 years', 315360000, 315360000
  from pgboss.queue, unnest(enum_range(null::pgboss.job_state)) state,
    generate_series(1, case state when 'completed' then (select 1 + ${MANY} / count(*) from pgboss.queue) else 1 end)`;

/**
 * Adds the jobs, and stores their keys (see freeze in snapshots.mjs). Returns the descriptions of the queue's tables: none
 * for an old build without a queue.
 */
export async function plantJobs(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query('select to_regclass($1) as table', [JOBS]);
    if (rows[0].table === null) return [];
    await client.query(PLANT);
    await client.query('analyze pgboss.job');
    await client.query(`create table rehearsal."${JOBS}" as select id, name from ${JOBS}
      where id < '00000000-0000-7000-9000-000000000000'`);
    const tables = [];
    for (const name of TABLES) tables.push(describe(name, (await client.query(TABLE, [quoted(name)])).rows[0]));
    return tables;
  });
}

/** An inserted job has to have an existing queue, though no foreign key of the partitioned table itself says so. */
function describe(name, { columns, key }) {
  const kept = name === JOBS ? ['name'] : [];
  return { name, key, kept, columns: columns.map((column) => ({ name: column, isCounted: false })) };
}
