import { randomUUID } from 'node:crypto';
import { asAdmin } from '../support/own-database.js';
import { aerie, aFolder, type Program } from '../support/processes.js';

/** The name of the role and of its database, which is the default if the URL does not name one. */
const role = `größe ${randomUUID()}`;
let app: Program | undefined;

beforeAll(async () => {
  await asAdmin(`create role "${role}" superuser login password '100% sure: /?#@'`);
  await asAdmin(`create database "${role}" owner "${role}"`);
});

afterAll(async () => {
  app?.signal('SIGINT');
  await app?.ended;
  await asAdmin(`drop database "${role}" with (force)`);
  await asAdmin(`drop role "${role}"`);
});

it('a database URL works with partly escaped characters, the host in the query, and no database name', async () => {
  const server = new URL(process.env['TEST_ADMIN_URL']!);
  const host = server.searchParams.get('host') ?? server.hostname;
  const port = server.searchParams.get('port') ?? server.port;
  const DATABASE_URL = `postgres://${role}:100% sure: %2F%3F%23@@/?host=${host}&port=${port}`;
  app = aerie({ DATA_DIR: aFolder(), DATABASE_URL, DATABASE_REPLICA_URLS: DATABASE_URL, WORKERS: '2' });
  const api = await app.address();
  expect((await fetch(`${api}/items`)).status).toBe(200);
  expect(await (await fetch(`${api}/health/ready`)).json()).toMatchObject({ database: 'ok' });
});

it('an invalid database URL stops the start with an error that reveals no part of it', async () => {
  const refused = aerie({ DATA_DIR: aFolder(), DATABASE_URL: 'postgres://ann:hu#sh@db.internal/aerie' });
  expect(await refused.ended).toBe(1);
  expect(refused.output).toBe(
    'The configuration has 1 error:\n  - DATABASE_URL has a / ? # @ or % that is not escaped: in a user name or password write %2F %3F %23 %40 %25\n',
  );
});
