import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/factories.js';
import { freePort } from '../support/free-port.js';

/** Says loudly that tests are skipped where there is no nginx. */
export function hasNginx(): boolean {
  const found = spawnSync('nginx', ['-v']).status === 0;
  if (!found) console.warn('SKIPPED: nginx is not installed, so a path prefix is not tested behind a real proxy');
  return found;
}

/** A real nginx on a port of its own, with these lines in its `server`. */
export class Nginx {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(lines: string): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'aerie-nginx-'));
    const port = await freePort();
    const file = join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, port, lines));
    const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
    const nginx = new Nginx(`http://127.0.0.1:${port}`, child, folder);
    await eventually(() => fetch(nginx.url).catch(() => undefined));
    return nginx;
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process.exitCode === null && process.signalCode === null) {
      const gone = once(process, 'exit');
      process.kill('SIGTERM');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, port: number, lines: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off; # one process, of whoever runs the tests
pid ${folder}/pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${lines}
  }
}
`;
}
