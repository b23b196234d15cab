import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HERE } from './database.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const PROBE = new URL('probe.mjs', import.meta.url).href;

/** Of the benchmark's own PostgreSQL; kept from run to run. */
export const DATA_DIR = '.data/bench';

/** Both servers get the same; the floor heeds what it needs. */
export const SETTINGS = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  JWT_SECRET: 'only-for-the-benchmark-1f0c7c2e9d5b4a38',
  WORKERS: '1',
  DATABASE_POOL_SIZE: '10',
  DATABASE_POOL_OVERFLOW: '20',
  ACCESS_TOKEN_MINUTES: '1440',
  DATA_DIR,
};

/** A server under measurement: its address, what it cost, how long it took to its first answer. */
export class Server {
  static floor = (databaseUrl) => Server.start('floor', path('floor.mjs'), databaseUrl);
  static aerie = (databaseUrl, { flags = [], checkout = HERE } = {}) =>
    Server.start('Aerie', join(checkout, 'dist/src/main.js'), databaseUrl, flags);

  static async start(name, file, databaseUrl, flags = []) {
    const port = await freePort();
    const began = performance.now();
    const child = fork(file, [], {
      execArgv: ['--import', PROBE, ...flags],
      env: { PATH: process.env.PATH, ...SETTINGS, PORT: String(port), DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const server = new Server(name, child, `http://127.0.0.1:${port}`);
    await server.answers();
    server.startMs = performance.now() - began;
    return server;
  }

  constructor(name, child, url) {
    Object.assign(this, { name, child, url });
  }

  /** The route's requests as they are sent to this server, with its tokens. */
  requestsOf({ requests }) {
    return requests.map(({ as, headers, ...request }) => ({
      ...request,
      headers: { ...headers, ...(as ? { authorization: this.tokens[as] } : {}) },
    }));
  }

  /** Microseconds of user and system time, and resident bytes. */
  usage() {
    return new Promise((resolve) => {
      const take = ({ usage, rss }) => {
        if (!usage) return; // Aerie tells its supervisor, if it has one, that it is ready
        this.child.off('message', take);
        resolve({ cpuUs: usage.user + usage.system, rss });
      };
      this.child.on('message', take).send('usage');
    });
  }

  async stop() {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await gone;
  }

  async answers() {
    while (this.child.exitCode === null) {
      try {
        if ((await fetch(this.url)).ok) return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20)); // does not listen yet
      }
    }
    throw new Error(`${this.name} did not start`);
  }
}

export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
