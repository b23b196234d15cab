import { anExport, anItem, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const database = () => new URL(databaseUrl).pathname.slice(1);

/** What an operator may set while Aerie runs. It affects new connections. */
const SETTINGS: Record<string, string> = {
  'a search_path without an existing schema': 'search_path = nowhere',
  'an empty search_path': `search_path = ''`,
  'a search_path to other tables with the same names': 'search_path = other',
  'a search_path with the other tables first': 'search_path = other, public',
  'DateStyle German': `datestyle = 'German'`,
  'DateStyle SQL, DMY': `datestyle = 'SQL, DMY'`,
  'IntervalStyle sql_standard': 'intervalstyle = sql_standard',
  'another time zone': `timezone = 'Asia/Kolkata'`,
  'bytea_output escape': 'bytea_output = escape',
  'backslash escapes in strings': 'standard_conforming_strings = off',
  'another isolation level': `default_transaction_isolation = 'serializable'`,
  'fewer digits for floating-point numbers': 'extra_float_digits = -15',
};

const WHOSE = {
  database: () => `database "${database()}"`,
  role: () => `role current_user in database "${database()}"`,
};

const endSessions = () =>
  query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'aerie%' and pid <> pg_backend_pid()`);

let admin: Actor;

beforeAll(async () => {
  await query('create schema other; create table other.items (id text); create table other.users (name int)');
  admin = await aUser({ role: 'admin' });
});

afterEach(async () => {
  for (const whose of Object.values(WHOSE)) await query(`alter ${whose()} reset all`);
  await endSessions();
});

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe.each(Object.entries(SETTINGS))('with %s on all new connections', (_, setting) => {
  it.each(Object.entries(WHOSE))('through a setting of the %s, all requests still succeed', async (_whose, whose) => {
    const [item, made] = [await anItem({ stock: 10 }), await anExport(admin.id)];
    await query(`alter ${whose()} set ${setting}`);
    await endSessions();
    // a busy application may not have noticed yet that its connections have ended
    await eventually(() => signIn(admin.email, PASSWORD).catch(() => undefined));
    const placed = await admin.post('/orders', { item_id: item.id, quantity: 1 });
    expect([placed.status, placed.body.created_at]).toEqual([201, expect.stringMatching(TIME)]);
    const names = `items users orders profile process audit jobs exports export auth/sessions api/v1/posts exports/${made.id}/file`;
    for (const name of names.split(' ')) expect([name, (await admin.get(`/${name}`)).status]).toEqual([name, 200]);
    expect((await admin.get('/items?search=item&sort=name')).status).toBe(200);
  });
});
