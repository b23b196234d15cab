import { textFiles } from '../support/sources.js';

type Package = Record<'dependencies' | 'optionalDependencies', Record<string, string>>;

const files = textFiles();
const read = (name: string) => files.find(({ path }) => path === name)!.text;
const dockerfile = read('Dockerfile');
const stages = dockerfile.split(/^FROM /m).slice(1);

describe('the image', () => {
  it('is installed from the lock file, with all install scripts blocked', () => {
    const installs = dockerfile.match(/npm (?:ci|i|install)\b[^\n]*/g)!;
    expect(installs.length).toBeGreaterThan(0);
    expect(installs.filter((line) => !/^npm ci .*--ignore-scripts/.test(line))).toEqual([]);
  });

  it('holds what runs: no sources, no history, no packages for development', () => {
    expect(stages.at(-1)).not.toMatch(/COPY \. /);
    expect(stages.find((stage) => stage.includes('--omit=dev'))).toContain('AS dependencies');
    const [first, ...taken] = read('.dockerignore').trim().split('\n');
    expect(first).toBe('*');
    expect(taken.filter((line) => !/^![\w.-]+$/.test(line) || /\.git|\.env|node_modules|test/.test(line))).toEqual([]);
  });

  it('runs as nobody in particular, in production', () => {
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).toContain('NODE_ENV=production');
  });

  it('has the Node that the project brings along', () => {
    const { dependencies, optionalDependencies: optional } = JSON.parse(read('package.json')) as Package;
    const nodes = Object.entries(optional).filter(([name]) => name.startsWith('node-'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const [, version] of nodes) {
      for (const stage of stages) expect(stage).toMatch(new RegExp(`^node:${version.split('.')[0]}-slim\\b`));
    }
    const loose = Object.entries({ ...dependencies, ...optional }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
