/** @jest-environment node */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { jest } = import.meta;
jest.setTimeout(60_000);

describe('the tour of the README', () => {
  let dataDir: string;
  let app: ChildProcess;
  let address: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'aerie-tour-'));
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' };
    app = spawn(process.execPath, ['dist/src/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    address = await printedAddress(app);
  });

  afterAll(async () => {
    const gone = once(app, 'exit');
    app.kill('SIGTERM');
    await gone;
    await rm(dataDir, { recursive: true, force: true });
  });

  it('answers as it is written', async () => {
    const blocks = tourOf(await readFile('README.md', 'utf8'));
    expect(blocks.length).toBeGreaterThan(5);
    // one shell for all blocks, as a reader would paste them: variables live on
    const script = blocks.map(({ commands }) => `${commands}\nprintf '\\n--end--\\n'`).join('\n');
    const shown = run(script.replace('http://127.0.0.1:8000', address), dataDir).split('--end--');
    blocks.forEach(({ answer }, i) => expect(linesOf(shown[i]!)).toEqual(linesOf(answer).map(asShown)));
  });
});

interface Block {
  readonly commands: string;
  readonly answer: string;
}

function tourOf(readme: string): Block[] {
  const pairs = readme.matchAll(/```sh\n([^]*?)```\s*```answer\n([^]*?)```/g);
  return [...pairs].map(([, commands, answer]) => ({ commands: commands!, answer: answer! }));
}

function run(script: string, dataDir: string): string {
  // what curl gives has no newline at its end: the reader sees the next answer behind it, the test wants lines
  const lines = script.replaceAll(/^(curl .*)$/gm, '$1; echo');
  const { stdout, stderr, status } = spawnSync('bash', ['-c', lines], {
    encoding: 'utf8',
    env: { ...process.env, DATA_DIR: dataDir },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `…` stands for what differs from time to time. */
function asShown(line: string): unknown {
  if (!line.includes('…')) return line;
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return expect.stringMatching(new RegExp(`^${parts.join('.+')}$`));
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /API +(http\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${printed}`)));
  });
}
