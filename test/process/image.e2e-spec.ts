/** @jest-environment node */
import { chmodSync, cpSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';
import { aFolder, Program } from '../support/processes.js';

// No image is built here. A folder gets the same files and packages as the last stage of the Dockerfile.

const last = readFileSync('Dockerfile', 'utf8')
  .split(/^FROM /m)
  .at(-1)!;
const JWT_SECRET = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
let app: string;
let data: string;

beforeAll(() => {
  app = aFolder();
  data = aFolder();
  for (const [, given] of last.matchAll(/^COPY (?!--from)(.+)$/gm)) {
    const names = given!.split(' ');
    const to = names.pop()!;
    for (const name of names) cpSync(name, join(app, to, to.endsWith('/') ? name.split('/').at(-1)! : ''));
  }
  expect(last).toMatch(/^COPY --from=build \/app\/dist dist$/m);
  cpSync('dist', join(app, 'dist'), { recursive: true });
  chmodSync(join(app, 'dist/src/main.js'), 0o755); // like the build stage
  const [, target, link] = /ln -s (\S+) (\S+)/.exec(last)!;
  mkdirSync(dirname(join(app, link!)));
  symlinkSync(target!, join(app, link!));
  installProduction();
});

/** Installs the packages of `npm ci --omit=dev`, except for those that the Dockerfile removes. */
function installProduction(): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, { dev, optional }] of Object.entries(packages)) {
    if (dev || optional || !/^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path)) continue;
    mkdirSync(dirname(join(app, path)), { recursive: true });
    symlinkSync(join(process.cwd(), path), join(app, path));
  }
}

function start(program: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const PATH = `${join(app, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`;
  // Started through `env`, because the PATH of this process does not contain the program.
  return new Program('env', [program, ...args], {
    cwd: app,
    env: { NODE_ENV: 'production', DATA_DIR: data, JWT_SECRET, ...env, PATH },
  });
}

async function run(program: string, args: readonly string[], env?: Record<string, string>) {
  const started = start(program, args, env);
  return { code: await started.ended, output: started.output };
}

it('the image has aerie on its PATH, linked to the program of package.json', async () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: { aerie: string } };
  expect(readlinkSync(join(app, 'bin/aerie'))).toBe(`../${bin.aerie}`);
  expect(last).toMatch(/^ENV PATH=\/app\/bin:\$PATH$/m);
  expect(last).toMatch(/^CMD \["aerie", "serve"\]$/m);
  expect(await run('aerie', ['--help'])).toMatchObject({ code: 0, output: expect.stringMatching(/^Usage: aerie /) });
  expect(await run('aerie', ['migrat'])).toMatchObject({ code: 2 });
});

it('the image runs the commands with aerie and with npm', async () => {
  const { url } = await ownDatabase({ empty: true });
  const env = { DATABASE_URL: url };
  expect(await run('aerie', ['migrate'], env)).toMatchObject({ code: 0 });
  expect(await run('npm', ['run', '--silent', 'migrate', '--', '--status'], env)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/\n0 of \d+ migration\(s\) pending\n$/),
  });
  expect(await run('npm', ['run', '--silent', 'admin', '--', 'create', 'boss@example.com'], env)).toMatchObject({
    code: 0,
  });
  expect((await run('aerie', ['admin', 'list'], env)).output).toContain('boss@example.com  active');
  expect(await run('aerie', ['audit', 'verify'], env)).toMatchObject({ code: 0 });
  expect(await run('npm', ['run', '--silent', 'audit:verify'], env)).toMatchObject({ code: 0 });
  expect(await run('npm', ['start', '--', '--port=1'], env)).toMatchObject({ code: 2 });
});

it('the image serves requests', async () => {
  const { url } = await ownDatabase();
  const env = { DATABASE_URL: url, HOST: '127.0.0.1', PORT: '0', PRE_STOP_MS: '0' };
  const program = start('aerie', ['serve'], env);
  const api = await program.address();
  expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

it('the image reports a missing DATABASE_URL, because it contains no PostgreSQL', async () => {
  const { code, output } = await run('aerie', ['serve']);
  expect([code, output]).toEqual([1, expect.stringMatching(/DATABASE_URL/)]);
  expect(output).not.toMatch(/^ +at /m);
});
