import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './factories.js';
import { freePort } from './free-port.js';

/** A real proxy on its own port. */
export interface Proxy {
  readonly url: string;
  stop(): Promise<void>;
}

interface Kind {
  readonly program: string;
  readonly configuration: (folder: string, port: number) => string;
  readonly args: (file: string, folder: string) => string[];
}

/** Whether the program is installed. Warns if not, as its tests are skipped. */
export function isInstalled(program: string, untested: string): boolean {
  const found = spawnSync(program, ['-v']).status === 0;
  if (!found) console.warn(`SKIPPED: ${program} is not installed, so ${untested}`);
  return found;
}

export async function startProxy({ program, configuration, args }: Kind): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), `aerie-${program}-`));
  const port = await freePort();
  const file = join(folder, `${program}.conf`);
  await writeFile(file, configuration(folder, port));
  const child = spawn(program, args(file, folder), { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(url).catch(() => undefined));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  return { url, stop };
}
