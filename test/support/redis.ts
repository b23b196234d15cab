import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './factories.js';
import { freePort } from './free-port.js';

/** Whether Redis is installed. Warns if not, as its tests are skipped. */
export function hasRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (!found) console.warn('SKIPPED: redis-server is not installed, so the shared cache is not tested on a real Redis');
  return found;
}

/** A real Redis on its own port, which can be killed, frozen and started again. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'aerie-redis-')));
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async run(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.folder];
    this.process = spawn('redis-server', options, { stdio: 'ignore' });
    await eventually(() => this.command('PING').catch(() => undefined));
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(name);
  }

  /** Sends one inline command and returns the first line of the reply. */
  command(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.port, '127.0.0.1', () => socket.write(`${text}\r\n`));
      socket.once('data', (answer) => {
        socket.destroy();
        resolve(answer.toString().split('\r\n')[0]!);
      });
      socket.once('error', reject);
    });
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process && process.exitCode === null && process.signalCode === null) {
      const gone = once(process, 'exit');
      process.kill('SIGKILL');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
