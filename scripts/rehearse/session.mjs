// Finds what a migration leaves behind in its session. All pending migrations run in the same session, so it affects those
// that follow.

/** Migrations never wait longer for a lock by default. */
export const LONGEST_LOCK_TIMEOUT_MS = 2000;

const SESSION = `select json_build_object(
  'settings', (select json_object_agg(name, setting) from pg_settings where name not like '%.%'),
  'role', current_setting('role'),
  'temporary', (select coalesce(json_agg(relname), '[]') from pg_class
    where relnamespace = pg_my_temp_schema() and relkind in ('r', 'p', 'v')),
  'locks', (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory' and granted)) as session`;

/** These change how long statements may take, or how much memory they use, but not their results. */
const HARMLESS =
  /^(?:application_name|client_min_messages|jit|(?:enable|log|max_parallel)_\w+|\w*work_mem|\w*_timeout|synchronous_commit|temp_buffers)$/;

export async function sessionOf(query) {
  const [{ session }] = await query(SESSION);
  return session;
}

/** Returns sentences about changed settings, temporary tables and held locks. */
export function leftBehind(before, now) {
  const changed = Object.keys(now.settings).filter((name) => now.settings[name] !== before.settings[name]);
  const left = changed.filter((name) => !HARMLESS.test(name) || isLongWait(name, now.settings[name]));
  const sentences = left.map((name) => `leaves the setting ${name} = ${now.settings[name]} behind: use SET LOCAL`);
  if (now.role !== before.role) sentences.push(`leaves the role ${now.role} behind: use SET LOCAL`);
  const temporary = now.temporary.filter((name) => !before.temporary.includes(name));
  sentences.push(...temporary.map((name) => `leaves the temporary table or view ${name} behind: drop it at the end`));
  if (now.locks > before.locks) sentences.push('leaves an advisory lock of its session behind');
  return sentences;
}

const isLongWait = (name, value) => name === 'lock_timeout' && !(value > 0 && value <= LONGEST_LOCK_TIMEOUT_MS);
