import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { anItem, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { readMail } from '../support/mail.js';
import { MailServer, type ReceivedMail } from '../support/mail-server.js';
import { anon, aUser, world, type Actor } from '../support/world.js';

let admin: Actor;
let jörg: Actor;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  ({ admin } = await world());
  jörg = await aUser({ name: 'Jörg Müller-Łęcki' });
  await stopApp(); // only the application of each test sends mails
});

afterEach(async () => {
  for (const server of running.splice(0).toReversed()) await server.stop();
});

async function aMailServer(options: { port?: number; refuses?: number } = {}): Promise<MailServer> {
  const server = await MailServer.start(options);
  running.push(server);
  return server;
}

async function anApp(env: Record<string, string>): Promise<RunningApp> {
  const app = await startApp({ env });
  running.push(app);
  return app;
}

const firstMail = (server: MailServer): Promise<ReceivedMail> => eventually(() => Promise.resolve(server.received[0]));

const jobTo = async (email: string) => {
  const [job] = await query<{ id: string; state: string }>(
    `select id, state::text from pgboss.job where name = 'welcome-mail' and data->>'email' = $1`,
    [email],
  );
  return job;
};

describe('with SMTP_URL', () => {
  it('the welcome mail goes to the new account', async () => {
    const server = await aMailServer();
    const app = await anApp({ SMTP_URL: server.url, MAIL_FROM: 'Grüße <hallo@aerie.example>' });
    const account = { email: 'Zoe@example.com', name: 'Zoë Ångström', password: 'Password1' };
    expect((await jörg.at(app.url).post('/users', account)).status).toBe(201);
    const { from, to, raw } = await firstMail(server);
    expect({ from, to }).toEqual({ from: 'hallo@aerie.example', to: ['zoe@example.com'] });
    const { headers, text, html } = readMail(raw);
    const job = await jobTo('zoe@example.com');
    expect(headers).toMatchObject({
      from: 'Grüße <hallo@aerie.example>',
      to: 'zoe@example.com',
      subject: 'Welcome to Aerie',
      'message-id': `<${job!.id}@aerie.example>`,
      'auto-submitted': 'auto-generated',
      'content-type': expect.stringMatching(/^multipart\/alternative; boundary=/),
    });
    expect(html).toContain('Hello Zoë Ångström,');
    expect(text).toMatch(/^Hello Zoë Ångström,\n\nWelcome to Aerie!\n\nPlease confirm /);
    expect(text).toContain('\nIf this account is not yours, ignore this mail.\n');
    expect(raw).not.toContain('Password1');
  });

  it('the confirmation of an order goes to its customer', async () => {
    const server = await aMailServer();
    const app = await anApp({ SMTP_URL: server.url });
    const item = await anItem({ name: 'Öllampe „Größe L“', price_cents: 1999 });
    const { body } = await jörg.at(app.url).post('/orders', { item_id: item.id, quantity: 3 });
    const { to, raw } = await firstMail(server);
    expect(to).toEqual([jörg.email]);
    const { headers, text } = readMail(raw);
    expect(headers).toMatchObject({ to: jörg.email, subject: `Your order ${body.id}` });
    expect(headers['message-id']).toMatch(/^<[0-9a-f-]{36}@aerie.example>$/);
    expect(text).toContain('Hello Jörg Müller-Łęcki,');
    expect(text).toContain('3 × Öllampe „Größe L“: USD 59.97');
  });

  it('an admin can send mail to any address', async () => {
    const server = await aMailServer();
    const app = await anApp({ SMTP_URL: server.url });
    const answer = await admin.at(app.url).post('/email?email=new%2Btag@example.com');
    expect(answer.body).toEqual({ message: 'Email queued' });
    expect((await firstMail(server)).to).toEqual(['new+tag@example.com']);
  });

  it('a mail that is refused temporarily arrives later, once', async () => {
    const server = await aMailServer({ refuses: 1 });
    const app = await anApp({ SMTP_URL: server.url });
    await admin.at(app.url).post('/email?email=refused@example.com');
    const { raw } = await firstMail(server);
    await eventually(async () => ((await jobTo('refused@example.com'))!.state === 'completed' ? true : undefined));
    expect(readMail(raw).headers['message-id']).toBe(`<${(await jobTo('refused@example.com'))!.id}@aerie.example>`);
    expect(server.received).toHaveLength(1);
  }); // the first retry comes after 2 to 6 s

  it('a mail server that is down does not block requests, and the mail arrives once when the server is back', async () => {
    const { port, stop } = await portOfADeadServer();
    await stop();
    const app = await anApp({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    expect((await admin.at(app.url).post('/email?email=later@example.com')).status).toBe(200);
    await eventually(async () => ((await jobTo('later@example.com'))?.state === 'retry' ? true : undefined));
    const server = await aMailServer({ port });
    expect((await firstMail(server)).to).toEqual(['later@example.com']);
    await eventually(async () => ((await jobTo('later@example.com'))!.state === 'completed' ? true : undefined));
    expect(server.received).toHaveLength(1);
  }); // the first retry comes after 2 to 6 s
});

describe('without SMTP_URL', () => {
  it('mails are written to files in DATA_DIR/mail that only their owner can read', async () => {
    const app = await anApp({});
    const answer = await jörg.at(app.url).post(`/email?email=${jörg.email}`);
    expect(answer.status).toBe(200);
    const job = await eventually(() => jobTo(jörg.email));
    const folder = join(dataDir, 'mail');
    const name = `${job.id}.eml`;
    await eventually(async () => ((await readdir(folder).catch((): string[] => [])).includes(name) ? true : undefined));
    const { headers, text } = await eventually(async () => {
      const raw = await readFile(join(folder, name), 'utf8');
      return raw === '' ? undefined : readMail(raw);
    });
    expect(headers).toMatchObject({
      from: 'Aerie <no-reply@aerie.example>',
      to: jörg.email,
      subject: 'Welcome to Aerie',
      'message-id': `<${job.id}@aerie.example>`,
    });
    expect(text).toContain('Hello Jörg Müller-Łęcki,');
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  it('each mail is also a text file with links that can be copied, whose path is in the log', async () => {
    const app = await anApp({});
    expect((await anon.at(app.url).post('/auth/password/forgot', { email: jörg.email })).status).toBe(200);
    const { file } = await eventually(async () =>
      app.logs.find(({ msg, subject }) => msg === 'Mail sent' && subject === 'Reset your password'),
    );
    expect(file).toMatch(RegExp(`^${join(dataDir, 'mail')}/[\\w-]+\\.txt$`));
    expect((await stat(String(file))).mode & 0o777).toBe(0o600);
    const { headers, text } = readMail(await readFile(String(file).replace(/txt$/, 'eml'), 'utf8'));
    const readable = await readFile(String(file), 'utf8');
    expect(readable).toMatch(
      /^From: Aerie <no-reply@aerie\.example>\nTo: .+\nSubject: Reset your password\nDate: .+\n\n/,
    );
    expect(readable).toContain(`\nTo: ${jörg.email}\n`);
    expect(new Date(/^Date: (.+)$/m.exec(readable)![1]!)).toEqual(new Date(headers['date']!));
    expect(readable.slice(readable.indexOf('\n\n')).trim()).toBe(text.trim());
    const [link] = /^http\S+$/m.exec(readable)!;
    expect(link.length).toBeGreaterThan(76); // a mail breaks longer lines
    const [, token] = link.split('#token=');
    const answer = await anon.at(app.url).post('/auth/password/reset', { token, new_password: 'Password2' });
    expect(answer.status).toBe(204);
  });
});

/** Starts a mail server on a free port. After `stop` no server listens on that port. */
async function portOfADeadServer(): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = await MailServer.start();
  return { port: server.port, stop: () => server.stop() };
}
