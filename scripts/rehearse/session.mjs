// Finds what a migration leaves behind in its session. All pending migrations run in the same session, so it affects those
// that follow.

/** Migrations never wait longer for a lock by default. */
export const LONGEST_LOCK_TIMEOUT_MS = 2000;

const SESSION = `select json_build_object(
  'settings', (select json_object_agg(name, setting) from pg_settings where name not like '%.%'),
  'role', current_setting('role'),
  'temporary', (select coalesce(json_agg(relname), '[]') from pg_class
    where relnamespace = pg_my_temp_schema() and relkind in ('r', 'p', 'v', 'S')),
  'locks', (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory' and granted)) as session`;

/** These change how long statements may take, or how much memory they use, but not their results. */
const HARMLESS =
  /^(?:application_name|client_min_messages|jit|(?:enable|log|max_parallel)_\w+|\w*work_mem|\w*_timeout|synchronous_commit|temp_buffers)$/;

const SET = /\b(?:set|reset|discard)\b|set_config/i;
const TEMP = /\btemp/i;
const LOCK = /_lock/i;

export async function sessionOf(query) {
  const [{ session }] = await query(SESSION);
  return session;
}

/**
 * Returns sentences about changed settings, temporary tables and held locks, and the text by which their statements are
 * found: `{ sentence, by }`.
 */
export function leftBehind(before, now) {
  const changed = Object.keys(now.settings).filter((name) => now.settings[name] !== before.settings[name]);
  const left = changed.filter((name) => !HARMLESS.test(name) || isLongWait(name, now.settings[name]));
  const found = left.map((name) => ({
    sentence: `leaves the setting ${name} = ${now.settings[name]} behind: use SET LOCAL`,
    by: SET,
  }));
  if (now.role !== before.role) found.push({ sentence: `leaves the role ${now.role} behind: use SET LOCAL`, by: SET });
  const temporary = now.temporary.filter((name) => !before.temporary.includes(name));
  for (const name of temporary)
    found.push({
      sentence: `leaves the temporary table, view or sequence ${name} behind: drop it at the end`,
      by: TEMP,
    });
  if (now.locks > before.locks) found.push({ sentence: 'leaves an advisory lock of its session behind', by: LOCK });
  return found;
}

const isLongWait = (name, value) => name === 'lock_timeout' && !(value > 0 && value <= LONGEST_LOCK_TIMEOUT_MS);
