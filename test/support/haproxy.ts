import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './factories.js';
import { freePort } from './free-port.js';

/** Says loudly that tests are skipped where there is no HAProxy. */
export function hasHaproxy(): boolean {
  const found = spawnSync('haproxy', ['-v']).status === 0;
  if (!found) console.warn('SKIPPED: haproxy is not installed, so reloads are not tested behind a real balancer');
  return found;
}

/** A real HAProxy on a port of its own, in front of a server whose connections it keeps and shares. */
export class Haproxy {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(server: string): Promise<Haproxy> {
    const folder = await mkdtemp(join(tmpdir(), 'aerie-haproxy-'));
    const port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    await writeFile(file, configuration(port, new URL(server).host));
    const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'ignore' });
    const haproxy = new Haproxy(`http://127.0.0.1:${port}`, child, folder);
    await eventually(() => fetch(haproxy.url).catch(() => undefined));
    return haproxy;
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function configuration(port: number, server: string): string {
  return `
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend web
  bind 127.0.0.1:${port}
  default_backend aerie
backend aerie
  option httpchk GET /health/ready
  server one ${server} check inter 500
`;
}
