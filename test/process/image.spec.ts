import { existsSync } from 'node:fs';
import { textFiles } from '../support/sources.js';

type Package = Record<'dependencies' | 'optionalDependencies', Record<string, string>>;

const files = textFiles();
const read = (name: string) => files.find(({ path }) => path === name)!.text;
const dockerfile = read('Dockerfile');
const stages = dockerfile.split(/^FROM /m).slice(1);

describe('the image', () => {
  it('is installed from the lock file, with all install scripts disabled', () => {
    const installs = dockerfile.match(/npm (?:ci|i|install)\b[^\n]*/g)!;
    expect(installs.length).toBeGreaterThan(0);
    expect(installs.filter((line) => !/^npm ci .*--ignore-scripts/.test(line))).toEqual([]);
  });

  it('contains no sources, no Git history and no development dependencies', () => {
    expect(stages.at(-1)).not.toMatch(/COPY \. /);
    expect(stages.find((stage) => stage.includes('--omit=dev'))).toContain('AS dependencies');
    const [first, ...taken] = read('.dockerignore').trim().split('\n');
    expect(first).toBe('*');
    expect(taken.filter((line) => !/^![\w.-]+$/.test(line) || /\.git|\.env|node_modules|test/.test(line))).toEqual([]);
  });

  it('contains every script that its program imports', () => {
    const copied = /^COPY (scripts\/.+) scripts\/$/m.exec(dockerfile)![1]!.split(' ');
    const imported = copied.flatMap((path) => [...read(path).matchAll(/(?:import|from)\b[ (]*'\.\/([\w.-]+)'/g)]);
    expect(imported.length).toBeGreaterThan(0);
    expect(copied).toEqual(expect.arrayContaining(imported.map(([, name]) => `scripts/${name}`)));
  });

  it('runs as an unprivileged user, with NODE_ENV=production', () => {
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).toContain('NODE_ENV=production');
  });

  it('has exactly the Node version of package.json, where all versions are pinned', () => {
    const { dependencies, optionalDependencies: optional } = JSON.parse(read('package.json')) as Package;
    const nodes = Object.entries(optional).filter(([name]) => name.startsWith('node-'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const [, version] of nodes) {
      for (const stage of stages) expect(stage).toMatch(new RegExp(`^node:${version.replaceAll('.', '\\.')}-slim\\b`));
    }
    const loose = Object.entries({ ...dependencies, ...optional }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+/.test(version),
    );
    expect(loose).toEqual([]);
  });
});

describe('the services of compose.yaml', () => {
  const compose = read('compose.yaml');
  const services = compose
    .slice(compose.indexOf('\nservices:\n'), compose.indexOf('\nvolumes:\n'))
    .split(/^ {2}(?=\w+:$)/m)
    .slice(1);

  it('restart after a crash, with limits for memory and logs', () => {
    expect(services.map((service) => service.split(':')[0])).toEqual([
      'aerie',
      'worker',
      'postgres',
      'backup',
      'redis',
      'mail',
    ]);
    for (const service of services) expect(service).toMatch(/^ {4}<<: \*service$[^]*^ {4}mem_limit: \S/m);
    expect(compose).toMatch(
      /^x-service: &service\n {2}restart: unless-stopped\n {2}logging:[^]*?max-size: 10m, max-file: '5'/m,
    );
  });

  it('allow aerie and worker 40 seconds to shut down', () => {
    const graces = services.map((service) => /stop_grace_period: (\d+)s/.exec(service)?.[1]);
    expect(graces.slice(0, 2)).toEqual(['40', '40']);
  });

  it('can read their secrets from files', () => {
    const files = read('compose.secrets.yaml');
    for (const name of ['JWT_SECRET', 'DATABASE_URL', 'POSTGRES_PASSWORD']) {
      expect(files).toMatch(new RegExp(`^ +${name}: ''\n +${name}_FILE: /run/secrets/\\w+$`, 'm'));
    }
    expect(read('.gitignore')).toContain('/secrets/\n');
  });

  it.each(['pgbouncer', 'replica'])('can include a %s, with limits and automatic restarts', (name) => {
    const overlay = read(`compose.${name}.yaml`);
    const own = overlay.slice(overlay.indexOf(`\n  ${name}:\n`));
    expect(own).toMatch(/^ {4}restart: unless-stopped$[^]*^ {6}options: \{ max-size: 10m, max-file: '5' \}$/m);
    expect(own).toMatch(/^ {4}mem_limit: \S/m);
    expect(own).toMatch(/^ {4}healthcheck:$/m);
    for (const service of ['aerie', 'worker']) expect(overlay).toMatch(new RegExp(`^ {2}${service}:`, 'm'));
  });

  it('mount only files that exist', () => {
    const all = ['compose.yaml', 'compose.pgbouncer.yaml', 'compose.replica.yaml'].map(read).join('\n');
    const mounted = [...all.matchAll(/^ +- \.\/(\S+?):/gm)].map(([, file]) => file!);
    expect(mounted.length).toBeGreaterThan(3);
    expect(mounted.filter((file) => !existsSync(file))).toEqual([]);
  });
});
