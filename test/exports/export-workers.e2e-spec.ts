/** @jest-environment node */
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, MAIN, Program } from '../support/processes.js';

/** SQL that records which process writes a chunk, from a setting of its connections. */
const NOTE = `
  create table test_writers (who text);
  create function note_writer() returns trigger language plpgsql as $$
    begin insert into test_writers values (current_setting('test.who')); return new; end $$;
  create trigger note before insert on export_chunks for each row execute function note_writer()`;

let database: OwnDatabase;
let folder: string;

beforeEach(async () => {
  database = await ownDatabase();
  folder = aFolder();
  await database.query(NOTE);
});

const environment = (who: string) => ({
  DATA_DIR: folder,
  DATABASE_URL: `${database.url}&options=${encodeURIComponent(`-c test.who=${who}`)}`,
  LOG_LEVEL: 'warn',
});

async function aWorker(): Promise<void> {
  const worker = new Program(process.execPath, [MAIN, 'worker'], { env: environment('worker') });
  await worker.says(/runs jobs/);
}

/** Signs up and creates an export. */
async function anExport(api: string): Promise<void> {
  const account = { email: 'ann@example.com', name: 'Ann', password: 'Password1' };
  const send = (path: string, body: URLSearchParams | string, headers: Record<string, string> = {}) =>
    fetch(api + path, { method: 'POST', body, headers }).then((answer) => answer.json());
  const json = { 'Content-Type': 'application/json' };
  await send('/users', JSON.stringify(account), json);
  const form = new URLSearchParams({ username: account.email, password: account.password });
  const { access_token } = (await send('/auth/token', form)) as { access_token: string };
  expect(await send('/exports', '{}', { ...json, Authorization: `Bearer ${access_token}` })).toMatchObject({
    status: 'queued',
  });
}

const ready = () => database.query(`select from exports where status = 'ready'`);
const done = (look: () => Promise<object[]>) => eventually(async () => ((await look()).length > 0 ? true : undefined));
const mailsDone = () => database.query(`select from pgboss.job where name = 'welcome-mail' and state = 'completed'`);

it('with EXPORTS_IN_PROCESS=false the API runs other jobs and a worker writes the files', async () => {
  const api = await aerie({ ...environment('api'), EXPORTS_IN_PROCESS: 'false' }).address();
  await anExport(api);
  await done(mailsDone);
  await aWorker();
  await done(ready);
  expect(await database.query('select distinct who from test_writers')).toEqual([{ who: 'worker' }]);
});

it('a worker writes the files even if JOBS_IN_PROCESS and EXPORTS_IN_PROCESS are false for it', async () => {
  const api = await aerie({ ...environment('api'), JOBS_IN_PROCESS: 'false' }).address();
  await anExport(api);
  const env = { ...environment('worker'), JOBS_IN_PROCESS: 'false', EXPORTS_IN_PROCESS: 'false' };
  await new Program(process.execPath, [MAIN, 'worker'], { env }).says(/runs jobs/);
  await done(ready);
  expect(await database.query('select distinct who from test_writers')).toEqual([{ who: 'worker' }]);
});

it('the API writes the files itself by default', async () => {
  await anExport(await aerie(environment('api')).address());
  await done(ready);
  expect(await database.query('select distinct who from test_writers')).toEqual([{ who: 'api' }]);
});
