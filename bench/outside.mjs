import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { autocannonFile } from './autocannon.mjs';
import { freePort, SETTINGS } from './servers.mjs';
import { signIn } from './routes.mjs';
import { treeUsage } from './tree.mjs';

const run = promisify(execFile);
const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url));
const CONNECTIONS = 20;
/** Seconds of each measurement. The first one starts after the first response. */
export const SECONDS = 5;
const START_WITHIN_MS = 60_000;

const ROUTES = [
  { name: 'GET /', path: '/' },
  { name: 'GET /items/{id}', path: '/items/500' },
  { name: 'GET /users/{id} as admin', path: '/users/5000', as: 'admin' },
  { name: 'GET /orders, page 1', path: '/orders?limit=10', as: 'admin' },
];

/**
 * Measures Aerie as an operator starts it (`npm start`) and observes it: CPU time and memory of all its processes, in
 * the first seconds after the start and once the code is warm. The floor for comparison does not check tokens.
 */
export async function outside(databaseUrl) {
  const tool = await loadTool();
  const results = [];
  for (const route of ROUTES) {
    const aerie = await measured(() => started('npm', ['start', '--silent'], databaseUrl), route, tool);
    const floor = await measured(
      () => started(process.execPath, [FLOOR], databaseUrl, { FLOOR_BELIEVES: '1' }),
      {
        ...route,
        token: aerie.token,
      },
      tool,
    );
    results.push({ route, aerie, floor });
    console.error(`${route.name}: ${aerie.cold.toFixed(0)}, then ${aerie.warm.toFixed(0)} µs`);
  }
  return { tool: tool.name, results };
}

async function measured(start, { path, as, token }, tool) {
  const server = await start();
  try {
    if (as !== undefined && token === undefined) await signIn(server);
    const authorization = token ?? server.tokens?.[as];
    const idle = treeUsage(server.pid);
    const [cold, , warm] = [await cost(), await cost(), await cost()];
    return { cold, warm, idle, loaded: treeUsage(server.pid), token: authorization };

    async function cost() {
      const before = treeUsage(server.pid).cpuUs;
      const answers = await tool.load(server.url + path, authorization);
      return (treeUsage(server.pid).cpuUs - before) / answers;
    }
  } finally {
    await server.stop();
  }
}

async function started(command, args, databaseUrl, variables = {}) {
  const port = await freePort();
  const path = process.env.PATH.split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);
  const env = {
    PATH: path,
    HOME: process.env.HOME,
    ...SETTINGS,
    ...variables,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
  };
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_WITHIN_MS;
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${command} ${args.join(' ')} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    pid: child.pid,
    url,
    async stop() {
      const gone = once(child, 'exit');
      process.kill(-child.pid, 'SIGINT'); // all processes of the group, as a terminal does
      await gone;
    },
  };
}

/**
 * Returns wrk if it is installed, because it needs the least of the machine, otherwise autocannon in its own process.
 */
async function loadTool() {
  const hasWrk = await run('wrk', ['-v']).then(
    () => true,
    ({ code }) => code !== 'ENOENT',
  );
  return hasWrk ? { name: 'wrk', load: byWrk } : { name: 'autocannon', load: byAutocannon };
}

async function byWrk(url, authorization) {
  const header = authorization ? ['-H', `Authorization: ${authorization}`] : [];
  const { stdout } = await run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, ...header, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} failed:\n${stdout}`);
  return Number(/(\d+) requests in/.exec(stdout)[1]);
}

async function byAutocannon(url, authorization) {
  const header = authorization ? ['-H', `Authorization=${authorization}`] : [];
  const { stdout } = await run(
    process.execPath,
    [autocannonFile(), '--json', '-c', CONNECTIONS, '-d', SECONDS, ...header, url].map(String),
  );
  const result = JSON.parse(stdout);
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${url} failed`);
  return result['2xx'];
}
