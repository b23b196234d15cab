import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HERE } from './database.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const PROBE = new URL('probe.mjs', import.meta.url).href;

/** The data folder of the benchmark's own PostgreSQL, kept between runs. */
export const DATA_DIR = '.data/bench';

/** The environment of both servers. The floor uses only what it needs. */
export const SETTINGS = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  JWT_SECRET: 'only-for-the-benchmark-1f0c7c2e9d5b4a38',
  WORKERS: '1',
  DATABASE_POOL_SIZE: '10',
  DATABASE_POOL_OVERFLOW: '20',
  ACCESS_TOKEN_MINUTES: '1440',
  REQUESTS_PER_MINUTE: '0',
  AUTH_ATTEMPTS_PER_MINUTE: '0',
  AUTH_FREE_FAILURES: '0',
  DATA_DIR,
};

/** A server under measurement: its address, its costs, and the time until its first response. */
export class Server {
  static floor = (databaseUrl) => Server.start('floor', path('floor.mjs'), databaseUrl);
  static aerie = (databaseUrl, { flags = [], checkout = HERE, group, env = {} } = {}) =>
    Server.start('Aerie', join(checkout, 'dist/src/main.js'), databaseUrl, { flags, group, env });

  /**
   * Starts a server. `group` is the folder of the control group to run it in. `env` is added to the common settings.
   * Throws an Error if the server does not start.
   */
  static async start(name, file, databaseUrl, { flags = [], group, env = {} } = {}) {
    const port = await freePort();
    const began = performance.now();
    const child = fork(file, ['serve'], {
      ...(group === undefined ? {} : { execPath: '/bin/sh' }),
      execArgv: [...(group === undefined ? [] : joining(group)), '--import', PROBE, ...flags],
      env: { PATH: process.env.PATH, ...SETTINGS, PORT: String(port), DATABASE_URL: databaseUrl, ...env },
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

  /** Returns the requests of a route as they are sent to this server, with its tokens. */
  requestsOf({ requests }) {
    return requests.map(({ as, headers, ...request }) => ({
      ...request,
      headers: { ...headers, ...(as ? { authorization: this.tokens[as] } : {}) },
    }));
  }

  /** Returns the microseconds of user and system time, and the resident bytes. */
  usage() {
    return new Promise((resolve) => {
      const take = ({ usage, rss }) => {
        if (!usage) return; // Aerie also sends a message to its supervisor when it is ready
        this.child.off('message', take);
        resolve({ cpuUs: usage.user + usage.system, rss });
      };
      this.child.on('message', take).send('usage');
    });
  }

  async stop() {
    if (this.isGone) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGINT');
    await gone;
  }

  /** Whether the process was killed, as the kernel does when memory runs out. */
  get isKilled() {
    return this.child.signalCode === 'SIGKILL';
  }

  get isGone() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async answers() {
    while (!this.isGone) {
      try {
        if ((await fetch(this.url)).ok) return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20)); // not listening yet
      }
    }
    throw new Error(`${this.name} did not start: ${this.child.signalCode ?? this.child.exitCode}`);
  }
}

/**
 * Returns the arguments for a shell that joins the control group and then becomes Node. Node measures the memory of the
 * group when it starts.
 */
function joining(group) {
  return ['-c', `echo $$ > ${group}/cgroup.procs && exec "$0" "$@"`, process.execPath];
}

export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
