import { randomUUID } from 'node:crypto';
import { anAccountToken } from './account-tokens.js';
import { query } from './database.js';
import { fieldsOf, sampleOf, type Operation, type Sample } from './operations.js';
import { inOrder, insertion, isRows, resourceOf, ROWS, SUBJECTS } from './resources.js';
import { forge } from './tokens.js';
import { begun, codeAt, enrolled } from './totp.js';
import { Actor, PASSWORD, PASSWORD_HASH, signIn } from './world.js';

/** Creates a signed-in account with this many rows of each kind, without the cost of hashing its password. */
export async function anOwner(role: 'user' | 'admin' = 'user', rows = 1): Promise<Actor> {
  const email = `${randomUUID()}@example.com`;
  const [{ id }] = (await query<{ id: number }>(
    'insert into users (email, name, role, password_hash) values ($1, $2, $3, $4) returning id',
    [email, 'Ann', role, PASSWORD_HASH],
  )) as [{ id: number }];
  await query(
    `with made as (
       insert into items (name, stock, price_cents) select 'Lamp ' || i, 10, 250 from generate_series(1, $2) i returning id
     )
     insert into orders (user_id, item_id, quantity, total_cents) select $1, id, 1, 250 from made`,
    [id, rows],
  );
  for (const one of ROWS) await query(insertion(one, NUMBERED), [id, rows]);
  const [{ sid }] = (await query<{ sid: string }>(
    `insert into sessions (id, user_id, expires_at)
     select gen_random_uuid(), $1, now() + interval '1 day' from generate_series(1, $2) returning id as sid`,
    [id, rows],
  )) as [{ sid: string }];
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, nbf: now, exp: now + 3600 };
  const claims = { sub: String(id), sid, jti: randomUUID(), iss: 'aerie', aud: 'aerie', ...times };
  return new Actor(id, email, forge(claims));
}

const NUMBERED = 'select i, $1::int as owner from generate_series(1, $2::int) i';

/** Returns a request that succeeds: about the owner, or about something that is created for the owner. */
export async function subjectOf(operation: Operation, owner: Actor): Promise<Sample> {
  const { operationId, path, requestBody, 'x-requires': required } = operation;
  const takesToken = JSON.stringify(requestBody ?? '').includes('RefreshRequest');
  const state = required?.status?.find((one) => one !== 'ready') ?? required?.state?.[0];
  return sampleOf(operation, {
    ...(await idsFor(owner, subjectsOf(operation), state)),
    email: operationId === 'sendEmail' ? owner.email : `${randomUUID()}@example.com`,
    username: owner.email,
    password: PASSWORD,
    ...(path in MAILED ? { token: await anAccountToken(owner.id, MAILED[path]!) } : {}),
    ...(path.startsWith('/auth/totp') ? { code: await codeFor(operationId, owner) } : {}),
    ...(takesToken ? { refresh_token: (await signIn(owner.email)).refresh_token } : {}),
    ...(await freshFor(operation, owner)),
  });
}

/** Returns values for the body fields that the document's example does not fit. */
async function freshFor({ tags }: Operation, owner: Actor): Promise<Record<string, unknown>> {
  const { fresh = [], subjects = {} } = resourceOf(tags[0]!) ?? {};
  const rows = Object.values(subjects).find(isRows);
  if (rows === undefined || fresh.length === 0) return {};
  const columns = fresh.map((name) => `${rows.values[name]} as ${name}`);
  const text = `select ${columns.join(', ')} from (select 1 as i, $1::int as owner) numbered`;
  return (await query<Record<string, unknown>>(text, [owner.id]))[0]!;
}

/** Returns the names of the ids that a request needs in its path, its query or its body. */
function subjectsOf(operation: Operation): string[] {
  const inQuery = (operation.parameters ?? []).map(({ name }) => name);
  const names = new Set([...inQuery, ...fieldsOf(operation)]);
  return Object.keys(SUBJECTS).filter((name) => names.has(name));
}

/** Creates what each of these parameters names, by default one of everything, for an owner. Returns the ids. */
export async function idsFor(
  owner: Actor,
  names = Object.keys(SUBJECTS),
  state?: string,
): Promise<Record<string, unknown>> {
  const ids: Record<string, unknown> = {};
  for (const name of inOrder(names)) ids[name] = (await aSubject(name, owner, state)).id;
  return ids;
}

async function aSubject(name: string, owner: Actor, state?: string): Promise<{ readonly id: unknown }> {
  const subject = SUBJECTS[name]!;
  if (!isRows(subject)) return subject.make(owner, state);
  const text = `${insertion(subject, 'select 1 as i, $1::int as owner')} returning id`;
  return (await query<{ id: unknown }>(text, [owner.id]))[0]!;
}

/** Operations that accept a token from a mail, and its purpose. */
const MAILED: Readonly<Record<string, string>> = {
  '/auth/password/reset': 'password_reset',
  '/auth/email/verify': 'email_verification',
};

/** Returns a code that the operation accepts, after setting up the second factor as far as the operation needs it. */
async function codeFor(operationId: string, owner: Actor): Promise<string> {
  await query('delete from totps where user_id = $1', [owner.id]);
  if (operationId === 'enrolTotp') return '';
  if (operationId !== 'confirmTotp') return (await enrolled(owner)).recovery_codes[0]!;
  return codeAt(await begun(owner), Date.now());
}

/**
 * Returns the roles to test the operation with: those that it accepts, but admins only if they have other rights there.
 */
export function rolesOf({ path, description, responses }: Operation): ('user' | 'admin')[] {
  const isAboutCaller = /^\/(?:auth\/(?:totp|access-tokens)|exports)/.test(path); // admins have no other rights there
  if (!('401' in responses) || isAboutCaller) return ['user'];
  return description.includes('**Access:** users with the role ') ? ['admin'] : ['user', 'admin'];
}

/** Delays new jobs by a day, so that their statements do not mix with those of requests. */
export async function holdJobs(): Promise<void> {
  await query(`create function wait_for_long() returns trigger language plpgsql as $$
    begin new.start_after := now() + interval '1 day'; return new; end $$`);
  await query('create trigger wait_for_long before insert on pgboss.job for each row execute function wait_for_long()');
}
