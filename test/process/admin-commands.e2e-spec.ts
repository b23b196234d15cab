/** @jest-environment node */
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command, MAIN } from '../support/processes.js';
import { AtTerminal, hasTerminal } from '../support/terminal.js';

interface Event {
  readonly action: string;
  readonly actor_id: number | null;
  readonly details: object;
}

const folder = aFolder();
let database: OwnDatabase;

beforeEach(async () => {
  database = await ownDatabase();
});

const environment = (more = {}) => ({
  DATABASE_URL: database.url,
  DATA_DIR: folder,
  LOG_LEVEL: 'warn',
  ...more,
});
const admin = (...args: string[]) => adminWith({}, ...args);
const adminWith = (more: object, ...args: string[]) => command('admin', args, { cwd: folder, env: environment(more) });
const trail = (email: string) =>
  database.query<Event>(
    `select action, actor_id, details from audit_events e join users u on e.subject = 'users/' || u.id
     where u.email = $1 order by e.id`,
    [email],
  );
const roleOf = async (email: string) =>
  (await database.query<{ role: string }>('select role from users where email = $1', [email]))[0]!.role;
const changed = (before: string, after: string) => ({
  action: 'user.role_changed',
  actor_id: null,
  details: { reason: 'aerie admin', before: { role: before }, after: { role: after } },
});
const atTerminal = (args: readonly string[], more = {}) =>
  new AtTerminal([process.execPath, MAIN, 'admin', ...args], { cwd: folder, env: environment(more) });
const aUser = (email: string) =>
  database.query(`insert into users (email, name, password_hash) values ($1, 'Ann', 'none')`, [email]);

describe('admin create', () => {
  it('creates an admin with a random password and an audit event, and fails if the e-mail address is taken', async () => {
    const { code, output } = await admin('create', 'boss@example.com');
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^Created the admin boss@example\.com, with the password \S{12,}\n$/),
    ]);
    expect(await roleOf('boss@example.com')).toBe('admin');
    expect(await trail('boss@example.com')).toEqual([
      {
        action: 'user.created',
        actor_id: null,
        details: { after: { email: 'boss@example.com', name: 'Admin', role: 'admin' } },
      },
    ]);
    expect(await admin('create', 'boss@example.com')).toEqual({
      code: 1,
      output: 'boss@example.com already has an account: promote it, or choose another address\n',
    });
  });

  it('treats all spellings of an e-mail address as the same mailbox', async () => {
    const made = await admin('create', 'BOSS@xn--mnchen-3ya.example');
    expect(made.output).toMatch(/^Created the admin boss@münchen\.example, with the password/);
    for (const email of ['boss@mu\u0308nchen.example', 'boss@MÜNCHEN。example'])
      expect(await admin('create', email)).toEqual({
        code: 1,
        output: 'boss@münchen.example already has an account: promote it, or choose another address\n',
      });
    expect(await admin('demote', 'boss@mu\u0308nchen.example')).toMatchObject({ code: 1 });
    for (const email of ['"boss"@example.com', 'boss@example.com\u200b'])
      expect(await admin('create', email)).toMatchObject({ code: 2, output: expect.stringMatching(/^email: /) });
  });
});

it.each([18, 128])('creates a random password that has PASSWORD_MIN_LENGTH characters: %d', async (length) => {
  const { code, output } = await adminWith({ PASSWORD_MIN_LENGTH: String(length) }, 'create', 'boss@example.com');
  expect([code, output]).toEqual([0, expect.stringMatching(new RegExp(`, with the password \\S{${length}}\n$`))]);
});

describe('an old account with an address that was never normalized', () => {
  const [kept, normalized] = ['jose\u0301@example.com', 'jos\u00e9@example.com'];

  it('is found by the address as typed, and the account with the normalized address by its own', async () => {
    for (const email of [normalized, kept]) await aUser(email);
    expect(await admin('promote', kept)).toEqual({ code: 0, output: `${kept} is now an admin\n` });
    expect([await roleOf(kept), await roleOf(normalized)]).toEqual(['admin', 'user']);
    expect(await admin('promote', normalized)).toEqual({ code: 0, output: `${normalized} is now an admin\n` });
  });

  it('gets a new password even if its address is not valid today', async () => {
    const invalid = '"ann"@example.com';
    await aUser(invalid);
    expect(await admin('password', invalid)).toMatchObject({ code: 0 });
  });
});

describe('admin list, promote and demote', () => {
  it('change roles with an audit event each, and keep the last active admin', async () => {
    expect((await admin('list')).output).toBe('There are no admins: create one with "npm run admin -- create EMAIL"\n');
    await aUser('ann@example.com');
    await aUser('bob@example.com');
    expect(await admin('promote', 'Ann@Example.com')).toEqual({ code: 0, output: 'ann@example.com is now an admin\n' });
    expect(await admin('promote', 'ann@example.com')).toEqual({
      code: 0,
      output: 'ann@example.com is already an admin\n',
    });
    const refusal = "The last admin can't be deleted, disabled or demoted\n";
    expect(await admin('demote', 'ann@example.com')).toEqual({ code: 1, output: refusal });

    await admin('promote', 'bob@example.com');
    await database.query(`update users set is_active = false where email = 'bob@example.com'`);
    expect((await admin('list')).output).toMatch(
      /^ +\d+ {2}ann@example\.com {2}active\n +\d+ {2}bob@example\.com {2}disabled\n$/,
    );
    expect(await admin('demote', 'ann@example.com')).toEqual({ code: 1, output: refusal });
    expect(await admin('demote', 'bob@example.com')).toEqual({
      code: 0,
      output: 'bob@example.com is now a user, and disabled\n',
    });
    expect([await roleOf('ann@example.com'), await roleOf('bob@example.com')]).toEqual(['admin', 'user']);
    expect(await trail('ann@example.com')).toEqual([changed('user', 'admin')]);
    expect(await trail('bob@example.com')).toEqual([changed('user', 'admin'), changed('admin', 'user')]);
  });

  it.each(['promote', 'demote', 'password'])('%s reports an unknown account', async (name) => {
    expect(await admin(name, 'nobody@example.com')).toEqual({
      code: 1,
      output: 'There is no account with the address nobody@example.com\n',
    });
  });
});

describe('admin password', () => {
  const account = { email: 'ann@example.com', name: 'Ann', password: 'Password1' };

  it('sets a new password, ends all sessions, deletes the access tokens and sends a mail', async () => {
    const app = aerie(environment());
    const api = await app.address();
    const send = (path: string, body: string | URLSearchParams, headers = {}) =>
      fetch(api + path, { method: 'POST', body, headers });
    const json = { 'Content-Type': 'application/json' };
    const signIn = (password: string) =>
      send('/auth/token', new URLSearchParams({ username: account.email, password }));
    await send('/users', JSON.stringify(account), json);
    const { access_token } = (await (await signIn(account.password)).json()) as { access_token: string };
    const bearer = { Authorization: `Bearer ${access_token}` };
    const token = { name: 'script', scope: 'read', expires_in_days: 1, password: account.password };
    expect((await send('/auth/access-tokens', JSON.stringify(token), { ...json, ...bearer })).status).toBe(201);

    const { code, output } = await admin('password', account.email);
    expect(code).toBe(0);
    const [, password] = /^ann@example\.com has a new password, with the password (\S+)\. Its sessions ended/.exec(
      output,
    )!;
    expect((await signIn(account.password)).status).toBe(401);
    expect((await signIn(password!)).status).toBe(200);
    await eventually(async () =>
      (await fetch(`${api}/users/me`, { headers: bearer })).status === 401 ? true : undefined,
    );
    expect(await database.query('select from access_tokens')).toEqual([]);
    expect(await trail(account.email)).toContainEqual({
      action: 'user.password_reset',
      actor_id: null,
      details: expect.objectContaining({ reason: 'aerie admin', sessions: 1, access_tokens: 1 }),
    });
    await eventually(async () => {
      const mails = await database.query(
        `select from pgboss.job where name = 'password-changed-mail' and state = 'completed'`,
      );
      return mails.length === 1 || undefined;
    });
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });

  it('works and queues the mail before the application has ever run', async () => {
    await aUser('ann@example.com');
    await database.query(`delete from pgboss.queue where name <> 'none'`);
    expect(await admin('password', 'ann@example.com')).toMatchObject({ code: 0 });
    expect(await database.query(`select name from pgboss.job`)).toEqual([{ name: 'password-changed-mail' }]);
  });
});

(hasTerminal ? describe : describe.skip)('at a terminal', () => {
  it('asks for the password without displaying it', async () => {
    const terminal = atTerminal(['create', 'boss@example.com']);
    await terminal.answer(/Password \(leave empty for a random one\): /, 'Password7\r');
    const { code, output } = await terminal.end();
    expect([code, output]).toEqual([0, expect.stringMatching(/\nCreated the admin boss@example\.com\n$/)]);
    expect(output).not.toContain('Password7');
  });

  it.each([
    ['short', /^password: String should have at least 8 characters/m, {}],
    ['lowercase', /^password: .*Password must contain uppercase letter/m, {}],
    ['Password7', /^password: String should have at least 15 characters/m, { PASSWORD_MIN_LENGTH: '15' }],
  ])('refuses the password %s and creates no account', async (password, sentence, more) => {
    const terminal = atTerminal(['create', 'boss@example.com'], more);
    await terminal.answer(/Password \(leave/, `${password}\r`);
    const { code, output } = await terminal.end();
    expect([code, output]).toEqual([1, expect.stringMatching(sentence)]);
    expect(output).not.toContain(password);
    expect(await database.query('select from users')).toEqual([]);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s cancels the command and creates no account', async (_, keys) => {
    const terminal = atTerminal(['create', 'boss@example.com']);
    await terminal.answer(/Password \(leave/, keys);
    expect(await terminal.end()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/Cancelled: nothing was changed\n$/),
    });
    expect(await database.query('select from users')).toEqual([]);
  });
});
