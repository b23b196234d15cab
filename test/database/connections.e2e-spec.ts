import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder, command, MAIN, Program } from '../support/processes.js';

const crowd = { WORKERS: '2', DATABASE_POOL_SIZE: '1000', DATA_DIR: '' };
const TOO_MANY =
  /2 process\(es\) may open 2\d{3} database connections, but the server allows \d+: raise its max_connections by/;

const SECRET = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';

it('production refuses to start if its pools can exceed the connection limit of the database', async () => {
  const { url } = await ownDatabase({ empty: true });
  const app = aerie({ ...crowd, NODE_ENV: 'production', DATA_DIR: aFolder(), DATABASE_URL: url, JWT_SECRET: SECRET });
  expect(await app.ended).toBe(1);
  expect(app.output).toMatch(TOO_MANY);
  expect(app.output).not.toMatch(/^\s+at /m);
});

it('development starts with a warning if its pools can exceed the connection limit of the database', async () => {
  const { url } = await ownDatabase();
  const app = aerie({ ...crowd, DATA_DIR: aFolder(), DATABASE_URL: url });
  await app.address();
  expect(app.output).toMatch(TOO_MANY);
});

it('a worker in production refuses to start, too', async () => {
  const { url } = await ownDatabase({ empty: true });
  const env = { ...crowd, NODE_ENV: 'production', DATA_DIR: aFolder(), DATABASE_URL: url, JWT_SECRET: SECRET };
  const { code, output } = await command('worker', [], { env });
  expect(code).toBe(1);
  expect(output).toMatch(TOO_MANY);
  expect(output).not.toMatch(/^\s+at /m);
});

it('a worker in development starts with a warning', async () => {
  const { url } = await ownDatabase();
  const env = { ...crowd, DATA_DIR: aFolder(), DATABASE_URL: url };
  const worker = new Program(process.execPath, [MAIN, 'worker'], { env });
  await worker.says(/runs jobs/);
  expect(worker.output).toMatch(TOO_MANY);
});
