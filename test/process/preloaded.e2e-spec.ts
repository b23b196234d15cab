/** @jest-environment node */
import { ownDatabase } from '../support/own-database.js';
import { aFolder, MAIN, Program } from '../support/processes.js';

const PRELOADED = new URL('../support/breaks-threads.mjs', import.meta.url).href;

async function startedWith(options: readonly string[], env = {}): Promise<string> {
  const { url } = await ownDatabase();
  const settings = { PORT: '0', LOG_LEVEL: 'warn', PRE_STOP_MS: '0', DATA_DIR: aFolder(), DATABASE_URL: url };
  const app = new Program(process.execPath, [...options, MAIN, 'serve'], { env: { ...settings, ...env } });
  return app.address();
}

// Auto-instrumentation is preloaded like this. Threads have too little memory and time to load it.
it.each([
  ['--import', [`--import=${PRELOADED}`], {}],
  ['NODE_OPTIONS', [], { NODE_OPTIONS: `--import=${PRELOADED}` }],
])('a module preloaded with %s is not loaded in threads, so that sign-up and sign-in work', async (_, options, env) => {
  const api = await startedWith(options, env);
  const headers = { 'Content-Type': 'application/json' };
  const account = { email: 'ann@example.com', name: 'Ann', password: 'Password1' };
  const made = await fetch(`${api}/users`, { method: 'POST', headers, body: JSON.stringify(account) });
  expect(made.status).toBe(201);
  const body = new URLSearchParams({ username: account.email, password: account.password });
  const signedIn = await fetch(`${api}/auth/token`, { method: 'POST', body });
  expect(signedIn.status).toBe(200);
});
