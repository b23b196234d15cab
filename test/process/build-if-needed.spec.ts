import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { aFolder, Program } from '../support/processes.js';

// A compiler that takes a while, records each run in the file `builds`, and fails if a source is broken.
const COMPILER = `
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
appendFileSync('builds', '.');
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/src', { recursive: true });
await sleep(300);
const source = readFileSync('src/main.ts', 'utf8');
if (source === 'broken') process.exit(2);
writeFileSync('dist/src/main.js', source);
`;

const SIGNALS = ['SIGHUP', 'SIGUSR2'] as const;
const REDOC = 'src/docs/assets/redoc.standalone.js';

describe('starting', () => {
  let root: string;

  beforeEach(async () => {
    root = aFolder();
    await cp('scripts', join(root, 'scripts'), { recursive: true });
    await mkdir(join(root, 'node_modules/@swc/core'), { recursive: true });
    await cp(REDOC, join(root, REDOC)); // else it would be downloaded
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    writeFileSync(join(root, 'node_modules/@swc/core/index.js'), ''); // only its presence is checked
    writeFileSync(join(root, 'scripts/compile.mjs'), COMPILER);
    write('console.log("one");');
  });

  const write = (source: string) => writeFileSync(join(root, 'src/main.ts'), source);
  const builds = () => (existsSync(join(root, 'builds')) ? readFileSync(join(root, 'builds'), 'utf8').length : 0);
  const launch = (env = {}) => new Program(process.execPath, ['scripts/aerie.mjs', 'serve'], { cwd: root, env });
  const start = async (env = {}) => {
    const program = launch(env);
    return { code: await program.ended, output: program.output };
  };

  it('builds once, and again only after a source has changed', async () => {
    expect(await start()).toEqual({ code: 0, output: 'Building…\none\n' });
    expect(await start()).toEqual({ code: 0, output: 'one\n' });
    write('console.log("two");');
    expect(await start()).toEqual({ code: 0, output: 'Building…\ntwo\n' });
    writeFileSync(join(root, 'src/main.spec.ts'), '');
    expect(await start()).toEqual({ code: 0, output: 'two\n' });
  });

  it('repeats a build that failed', async () => {
    write('broken');
    const failure = { code: 1, output: 'Building…\nThe build failed\n' };
    expect(await start()).toEqual(failure);
    expect(await start()).toEqual(failure);
  });

  it('says what it needs if ReDoc cannot be downloaded', async () => {
    rmSync(join(root, REDOC));
    writeFileSync(join(root, 'npm.js'), 'process.exit(1);');
    const { code, output } = await start({ npm_execpath: join(root, 'npm.js') });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Building…\nCommand failed: .*\nReDoc, which shows \/redoc, could not be downloaded\. The next build tries again\./,
    );
    expect(output).not.toMatch(/^ +at /m);
  });

  it('repeats a build that was killed', async () => {
    const program = launch();
    await program.says(/Building/);
    program.signalGroup('SIGKILL');
    await program.ended;
    expect(await start()).toEqual({ code: 0, output: 'Building…\none\n' });
  });

  it.each(SIGNALS)('continues after a %s during the build', async (signal) => {
    const program = launch();
    await program.says(/Building/);
    program.signal(signal);
    expect({ code: await program.ended, output: program.output }).toEqual({ code: 0, output: 'Building…\none\n' });
  });

  it.each(SIGNALS)('gives a %s that arrived during the build to the application, once', async (signal) => {
    write(`process.on("${signal}", () => console.log("reload")); setTimeout(() => {}, 300);`);
    const program = launch();
    await program.says(/Building/);
    program.signal(signal);
    expect({ code: await program.ended, output: program.output }).toEqual({ code: 0, output: 'Building…\nreload\n' });
  });

  it('twice at the same time builds only once', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ output }) => output).toSorted()).toEqual(['Building…\none\n', 'one\n']);
    expect(builds()).toBe(1);
  });

  it('requires a compiler only if there is no build', async () => {
    await start();
    rmSync(join(root, 'node_modules'), { recursive: true });
    write('console.log("two");');
    expect(await start()).toEqual({ code: 0, output: 'one\n' });
    rmSync(join(root, 'dist'), { recursive: true });
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toMatch(/^There is no build in dist\/ and no compiler: run "npm ci"/);
  });
});
