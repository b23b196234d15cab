import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { query } from '../support/database.js';
import { CSV, importedBy, lines, NDJSON } from '../support/imports.js';
import { PASSWORD, signIn, world, type Actor } from '../support/world.js';

let admin: Actor;

beforeAll(async () => {
  ({ admin } = await world());
});

const imported = (body: string | Buffer, given: Parameters<typeof importedBy>[2] = {}) =>
  importedBy(admin, body, given);

const anAddress = () => `${randomUUID()}@example.com`;
const taken = (line: number, input: string) => ({
  line,
  detail: [
    {
      type: 'value_error',
      loc: ['body', line, 'email'],
      msg: 'Value error, Email already registered',
      input,
      ctx: { error: {} },
    },
  ],
});
const stored = (email: string) =>
  query<{ name: string; role: string; password_hash: string }>('select * from users where email = $1', [email]);
const report = (given: object) => ({ dry_run: false, rows: 0, created: 0, refused: 0, refusals: [], ...given });

describe('a file of accounts', () => {
  it.each<[string, string, (email: string) => string]>([
    ['CSV', CSV, (email) => lines('email,name,role', `${email},"Ida, the ""first"" of all\n",admin`)],
    ['CSV with a charset', `${CSV}; charset=utf-8`, (email) => lines('email,name', `${email},Ida`)],
    [
      'CSV from a spreadsheet',
      CSV,
      (email) => `\ufeffname,email,role,note\r\nIda,${email.toUpperCase()},,=1+1\r\n\r\n`,
    ],
    ['NDJSON', NDJSON, (email) => lines(JSON.stringify({ email, name: 'Ida', id: 7, is_active: false }))],
  ])('in %s is imported', async (_form, type, write) => {
    const email = anAddress();
    const answer = await imported(write(email), { type });
    expect([answer.status, answer.body]).toEqual([200, report({ rows: 1, created: 1 })]);
    const [made] = await stored(email);
    expect(made).toMatchObject({ name: expect.stringMatching(/^Ida/), is_active: true });
  });

  it('allows sign-in only for accounts that have a password', async () => {
    const [ida, eve] = [anAddress(), anAddress()];
    await imported(lines('email,name,password', `${ida},Ida,${PASSWORD}`, `${eve},Eve,`));
    expect((await signIn(ida)).access_token).toEqual(expect.any(String));
    for (const password of ['', 'null', PASSWORD]) await expect(signIn(eve, password)).rejects.toThrow();
  });

  it('sends welcome mails only with welcome=true', async () => {
    const [quiet, greeted] = [anAddress(), anAddress()];
    await imported(lines('email,name', `${quiet},Ida`));
    await imported(lines('email,name', `${greeted},Ida`), { query: { welcome: true } });
    const jobs = await query<{ email: string }>(
      `select data->>'email' as email from pgboss.job where name = 'welcome-mail' and data->>'email' = any($1)`,
      [[quiet, greeted]],
    );
    expect(jobs).toEqual([{ email: greeted }]);
  });

  it('is recorded in the audit trail', async () => {
    const { admin: importer } = await world();
    await imported(lines('email,name', `${anAddress()},Ida`), { as: importer });
    const events = await query(`select subject, details->'created' as created from audit_events
      where action = 'users.imported' and actor_id = ${importer.id}`);
    expect(events).toEqual([{ subject: 'users', created: 1 }]);
  });

  it('with more rows than one batch is imported completely', async () => {
    const mark = randomUUID();
    const rows = Array.from({ length: 2300 }, (_, i) => `${i}.${mark}@example.com,Ida ${i}`);
    const { body } = await imported(lines('email,name', ...rows));
    expect(body).toEqual(report({ rows: 2300, created: 2300 }));
    const [row] = await query<{ n: number }>('select count(*)::int as n from users where email like $1', [`%${mark}%`]);
    expect(row!.n).toBe(2300);
  });
});

describe('an invalid row', () => {
  it('is reported with its line number, and the valid rows are imported', async () => {
    const [ida, eve] = [anAddress(), anAddress()];
    const file = lines(
      'email,name,password',
      `${ida},"Ida\n",`,
      'nobody,Bo,secret',
      `${eve},Eve,`,
      'a,b',
      `x@example.com,"a"b,`,
    );
    const { status, body } = await imported(file);
    expect([status, body.rows, body.created, body.refused]).toEqual([200, 5, 2, 3]);
    const [invalid, short, quotes] = body.refusals as { line: number; detail: { loc: unknown; input: unknown }[] }[];
    expect(invalid!.line).toBe(4);
    expect(invalid!.detail.map(({ loc }) => loc)).toEqual([
      ['body', 4, 'email'],
      ['body', 4, 'password'],
    ]);
    expect(invalid!.detail[1]!.input).toBe('**********');
    expect(short).toMatchObject({
      line: 6,
      detail: [{ msg: 'Value error, The row has 2 fields, but the header has 3' }],
    });
    expect(quotes).toMatchObject({
      line: 7,
      detail: [{ msg: 'Value error, The quotes in the row are malformed' }],
    });
  });

  it('of NDJSON is reported with the same errors as a JSON body', async () => {
    const file = lines('{"email":', '[]', '{"name":5}', '', '{"email":"a@example.com","name":"Ida","role":"king"}');
    const { body } = await imported(file, { type: NDJSON });
    expect(body).toMatchObject({ rows: 4, created: 0, refused: 4 });
    const told = (body.refusals as { line: number; detail: { type: string; loc: unknown }[] }[]).flatMap(({ detail }) =>
      detail.map(({ type, loc }) => [type, loc]),
    );
    expect(told).toEqual([
      ['json_invalid', ['body', 1, 9]],
      ['model_attributes_type', ['body', 2]],
      ['missing', ['body', 3, 'email']],
      ['string_type', ['body', 3, 'name']],
      ['enum', ['body', 5, 'role']],
    ]);
  });

  it('is reported if it is not valid UTF-8 or too long', async () => {
    const ida = anAddress();
    const file = Buffer.concat([
      Buffer.from('email,name\n'),
      Buffer.from('b@example.com,B\xe9a\n', 'latin1'),
      Buffer.from(`c@example.com,${'x'.repeat(10_000)}\n${ida},Ida`),
    ]);
    const { body } = await imported(file);
    expect(body).toMatchObject({ rows: 3, created: 1, refused: 2 });
    expect(body.refusals).toMatchObject([
      { line: 2, detail: [{ loc: ['body', 2], msg: 'Value error, The row is not valid UTF-8' }] },
      { line: 3, detail: [{ loc: ['body', 3], msg: 'Value error, A row can have at most 10000 bytes' }] },
    ]);
  });

  it.each([true, false])('is reported if its address is registered or repeated (dry run: %s)', async (dry_run) => {
    const { user } = await world();
    const ida = anAddress();
    const rows = Array.from({ length: 600 }, () => `${anAddress()},Other`); // so that the last row is in another batch
    const file = lines('email,name', `${ida},Ida`, `${user.email},Ann`, `${ida},Ida`, ...rows, `${ida},Ida`);
    const { body } = await imported(file, { query: { dry_run } });
    const refusals = [taken(3, user.email), taken(4, ida), taken(605, ida)];
    expect(body).toEqual(report({ dry_run, rows: 604, created: 601, refused: 3, refusals }));
    expect(await stored(ida)).toHaveLength(dry_run ? 0 : 1);
  });

  it('is counted but not listed after the first 100 refusals', async () => {
    const { body } = await imported(lines('email,name', ...Array.from({ length: 250 }, () => 'no,no')));
    expect([body.refused, body.refusals.length]).toEqual([250, 100]);
  });
});

describe('an import file', () => {
  it.each([
    ['', 'The file is empty'],
    ['email\n', 'The header has no column name'],
    ['email,name,email\n', 'The header has a duplicate column'],
    ['email,"name\n', 'The header cannot be read'],
    ['email,name,role\rann@example.com,Ann,user\r', 'The lines end with CR only: use LF or CRLF'],
  ])('with the content %j is refused as a whole', async (file, message) => {
    const { status, body } = await imported(file);
    expect([status, body.detail[0].msg, body.detail[0].loc]).toEqual([422, `Value error, ${message}`, ['body', 1]]);
  });

  it('must be CSV or NDJSON', async () => {
    const answer = await imported('{}', { type: 'application/json' });
    expect([answer.status, answer.body]).toEqual([
      415,
      { detail: 'Send the body as text/csv or application/x-ndjson' },
    ]);
  });

  it('can be imported only by admins', async () => {
    const { user, anon } = await world();
    for (const [as, status] of [
      [user, 403],
      [anon, 401],
    ] as const)
      expect((await imported(lines('email,name'), { as })).status).toBe(status);
  });

  it('has a maximum size of 100 MiB', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${admin.token}`,
        'Content-Type': CSV,
        'Content-Length': 100 * 1024 ** 2 + 1,
      };
      const sent = httpRequest(`${baseUrl}/users/import`, { method: 'POST', headers }, ({ statusCode }) => {
        resolve(statusCode!);
        sent.destroy();
      });
      sent.on('error', reject).flushHeaders();
    });
    expect(answer).toBe(413);
  });
});
