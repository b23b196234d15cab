import { anItem, eventually } from '../support/factories.js';
import { anon, aUser, type Actor } from '../support/world.js';

const AN_HOUR_MS = 3_600_000;

let ann: Actor;

beforeAll(async () => {
  ann = await aUser();
});

it('the mailer: mails are caught', async () => {
  const mails: { to: string }[] = [];
  await stopApp(); // its workers would send the mail otherwise
  const app = await startApp({ providers: { Mailer: { send: async (mail: { to: string }) => mails.push(mail) } } });
  await ann.at(app.url).post(`/email?email=${ann.email}`);
  await eventually(async () => mails.find(({ to }) => to === ann.email));
});

it('the clock: it is an hour later', async () => {
  const app = await startApp({ providers: { Clock: { now: () => Date.now() + AN_HOUR_MS } } });
  expect((await ann.at(app.url).get('/profile')).status).toBe(401); // the token has expired
});

it('the current user: all requests are those of one admin', async () => {
  const admin = { id: 7, role: 'admin', email: 'admin@example.com' };
  const app = await startApp({ providers: { Authenticator: { authenticate: () => admin } } });
  expect((await anon.at(app.url).get('/users')).status).toBe(200);
});

it('a repository: it finds no rows', async () => {
  const { id } = await anItem();
  const app = await startApp({ providers: { ItemRepository: { findById: async () => undefined } } });
  expect((await anon.at(app.url).get(`/items/${id}`)).body).toEqual({ detail: `Item ${id} not found` });
});

it('a service: it says that the process is not ready', async () => {
  const app = await startApp({ providers: { Readiness: { obstacle: async () => 'a test says so', stop: () => {} } } });
  expect((await anon.at(app.url).get('/health/ready')).body).toEqual({ detail: 'Not ready: a test says so' });
});

it('the configuration: the documentation is off', async () => {
  const app = await startApp({ env: { DOCS_ENABLED: 'false' } });
  expect((await anon.at(app.url).get('/docs')).status).toBe(404);
});

it('a name that no module provides is a mistake', async () => {
  await expect(startApp({ providers: { Mailr: {} } })).rejects.toThrow('No module of the application provides Mailr');
});
