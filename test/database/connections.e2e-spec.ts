import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder } from '../support/processes.js';

const crowd = { WORKERS: '2', DATABASE_POOL_SIZE: '1000', DATA_DIR: '' };
const TOO_MANY =
  /2 process\(es\) may open 2\d{3} database connections, but the server allows \d+: raise its max_connections by/;

it('production does not start with more connections than its database takes', async () => {
  const { url } = await ownDatabase({ empty: true });
  const secret = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
  const app = aerie({ ...crowd, NODE_ENV: 'production', DATA_DIR: aFolder(), DATABASE_URL: url, JWT_SECRET: secret });
  expect(await app.ended).toBe(1);
  expect(app.output).toMatch(TOO_MANY);
  expect(app.output).not.toMatch(/^\s+at /m);
});

it('development starts all the same, and says so', async () => {
  const { url } = await ownDatabase();
  const app = aerie({ ...crowd, DATA_DIR: aFolder(), DATABASE_URL: url });
  await app.address();
  expect(app.output).toMatch(TOO_MANY);
});
