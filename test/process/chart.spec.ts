import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFolder } from '../support/processes.js';
import { VARIABLES, type Values } from '../../src/config/config.variables.js';

const CHART = 'deploy/helm/aerie';
/** Set explicitly: Helm's default is a build-time value, which `go install` does not set. */
const KUBERNETES = ['--kube-version', '1.37.0'];

const values = readFileSync(`${CHART}/values.yaml`, 'utf8');
const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as {
  properties: Record<string, { properties: Record<string, { items?: { enum: string[] } }> }>;
  definitions: { variables: object };
};

/** Returns whether a tool is installed, and warns about what is not tested without it. */
function isThere(tool: string, args: string[], what: string): boolean {
  const found = spawnSync(tool, args).status === 0;
  if (!found) console.warn(`SKIPPED: ${tool} is not installed, so ${what}`);
  return found;
}

const hasHelm = isThere('helm', ['version'], 'the chart is not rendered');
const hasKubeconform = isThere('kubeconform', ['-v'], "the chart's objects are not checked by Kubernetes' schemas");
/** The schemas of the PyPI package kubernetes-validate. */
const schemas = process.env['KUBERNETES_SCHEMAS'];
if (schemas === undefined) console.warn("SKIPPED: KUBERNETES_SCHEMAS is not set, so Kubernetes' schemas are not here");

const helm = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8' });
  return { status, stdout, stderr };
};
const renderAs = (name: string, ...sets: string[]) =>
  helm('template', name, CHART, ...KUBERNETES, ...sets.flatMap((set) => ['--set', set]));
const render = (...sets: string[]) => renderAs('shop', ...sets);
const objectsOf = (text: string) => text.split(/^---$/m).filter((object) => /^kind:/m.test(object));
const kindOf = (object: string) => /^kind: (\w+)/m.exec(object)![1]!;

const probesOf = (object: string) =>
  [...object.matchAll(/(\w+)Probe:\n +httpGet: \{ path: (\S+), port: (\w+) \}/g)].map(([, ...what]) => what.join(' '));
const probes = (port: string) =>
  ['startup /health/live', 'liveness /health/live', 'readiness /health/ready'].map((probe) => `${probe} ${port}`);
const instances = (text: string) => [...text.matchAll(/name: INSTANCES\n +value: "(\w+)"/g)].map(([, n]) => n);
/** How often the startup probe of each Deployment may fail, every two seconds. */
const patience = (text: string) => [...text.matchAll(/startupProbe:[^]*?failureThreshold: (\d+)/g)].map(([, n]) => n);
const inProcess = (text: string) => /name: JOBS_IN_PROCESS\n +value: "(\w+)"/.exec(text)?.[1];

const EVERYTHING = [
  'worker.autoscaling.enabled=true',
  'serviceMonitor.enabled=true',
  'imagePullSecrets[0].name=registry',
];

it('chart and application have the version of the release, which is also the default tag of the image', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const chart = readFileSync(`${CHART}/Chart.yaml`, 'utf8');
  expect([...chart.matchAll(/^(?:version|appVersion): (\S+)$/gm)].map(([, found]) => found)).toEqual([
    version,
    version,
  ]);
  const tags = [...readFileSync('docs/kubernetes.md', 'utf8').matchAll(/\/aerie:(\d\S+)/g)].map(([, tag]) => tag);
  expect(new Set(tags)).toEqual(new Set([version]));
});

describe("the chart's values", () => {
  it('are exactly the properties of values.schema.json', () => {
    const known = [...values.matchAll(/^(\w+):/gm)].map(([, name]) => name!);
    expect(Object.keys(schema.properties).filter((name) => name !== 'global')).toEqual(known);
  });

  it('allow every secret as a file, and none as an environment variable', () => {
    const secrets = Object.entries(VARIABLES).flatMap(([name, spec]) =>
      'secret' in spec && spec.secret ? [name] : [],
    );
    const keys = schema.properties['secrets']!.properties['keys']!.items!.enum;
    expect(keys.toSorted()).toEqual([...(secrets as (keyof Values)[]), 'LOG_LEVEL'].toSorted());
    const config = JSON.stringify(schema.definitions.variables);
    expect(secrets.filter((name) => !config.includes(`"${name}"`))).toEqual([]);
  });
});

(hasHelm ? describe : describe.skip)('the rendered chart', () => {
  it('passes helm lint', () => {
    expect(helm('lint', '--strict', ...KUBERNETES, CHART)).toMatchObject({ status: 0, stderr: '' });
  });

  it('contains all objects of a deployment', () => {
    const kinds = objectsOf(render(...EVERYTHING).stdout).map(kindOf);
    expect(kinds.toSorted()).toEqual([
      'Deployment',
      'Deployment',
      'HorizontalPodAutoscaler',
      'HorizontalPodAutoscaler',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PodDisruptionBudget',
      'Service',
      'Service',
      'ServiceMonitor',
    ]);
  });

  it('runs every container as non-root, on a read-only file system, with secrets as files', () => {
    const pods = objectsOf(render(...EVERYTHING).stdout).filter((object) => /^ +containers:/m.test(object));
    expect(pods.length).toBe(3);
    for (const pod of pods) {
      for (const line of [
        /readOnlyRootFilesystem: true/,
        /runAsNonRoot: true/,
        /allowPrivilegeEscalation: false/,
        /drop: \[ALL\]/,
        /automountServiceAccountToken: false/,
        /enableServiceLinks: false/,
        /terminationGracePeriodSeconds: 45/,
        /name: JWT_SECRET_FILE\n +value: \/run\/secrets\/aerie\/JWT_SECRET\n/,
        /topologyKey: topology\.kubernetes\.io\/zone/,
      ])
        expect(pod).toMatch(line);
      expect(pod).not.toMatch(/secretKeyRef|name: (JWT_SECRET|DATABASE_URL)\n/);
    }
  });

  it('has startup, liveness and readiness probes: on the HTTP port of the API and the metrics port of workers', () => {
    const [api, worker] = objectsOf(render().stdout).filter((object) => kindOf(object) === 'Deployment');
    expect([probesOf(api!), probesOf(worker!)]).toEqual([probes('http'), probes('metrics')]);
  });

  it('runs jobs in the API only if there are no workers, or the configuration says so', () => {
    expect(inProcess(render().stdout)).toBe('false');
    expect(inProcess(render('worker.enabled=false').stdout)).toBe('true');
    expect(inProcess(render('config.JOBS_IN_PROCESS=true').stdout)).toBe('true');
  });

  it('sets INSTANCES to the largest number of pods during an upgrade, unless the configuration does', () => {
    const sets = ['api.autoscaling.enabled=true', 'api.autoscaling.maxReplicas=7', 'worker.replicas=3'];
    expect(instances(render(...sets).stdout)).toEqual(['12', '12']);
    expect(instances(render(...sets, 'worker.enabled=false').stdout)).toEqual(['8']);
    expect(instances(render(...sets, 'config.INSTANCES=4').stdout).every((n) => n === '4')).toBe(true);
  });

  it('takes LOG_LEVEL from the Secret instead of the configuration, if it is among the keys', () => {
    const sets = ['secrets.keys={DATABASE_URL,JWT_SECRET,LOG_LEVEL}', 'api.config.LOG_LEVEL=debug'];
    const { stdout } = render(...sets);
    expect(stdout.match(/name: LOG_LEVEL_FILE\n +value: \/run\/secrets\/aerie\/LOG_LEVEL\n/g)).toHaveLength(3);
    expect(stdout).not.toMatch(/name: LOG_LEVEL\n/);
    expect(render().stdout.match(/name: LOG_LEVEL\n +value: "info"/g)).toHaveLength(3);
  });

  it('runs the migrations before an installation or an upgrade', () => {
    const job = objectsOf(render().stdout).find((object) => kindOf(object) === 'Job')!;
    expect(job).toContain('helm.sh/hook: pre-install,pre-upgrade');
    expect(job).toContain('command: [aerie, migrate]');
  });

  it('gives pods the time of the migrations to start, if no Job runs them', () => {
    expect(patience(render().stdout)).toEqual(['90', '90']);
    const sets = ['migration.enabled=false', 'migration.activeDeadlineSeconds=3600'];
    const { stdout } = render(...sets);
    expect(patience(stdout)).toEqual(['1800', '1800']);
    expect(stdout.match(/progressDeadlineSeconds: 4200$/gm)).toHaveLength(2);
    expect(render().stdout).not.toContain('progressDeadlineSeconds');
  });

  it.each(['true', '12', 'null', '1e3'])('has texts as names and labels if the release is called %s', (name) => {
    const { stdout } = renderAs(name, ...EVERYTHING, `secrets.existingSecret="${name}"`);
    const found = [...stdout.matchAll(/(?:^ {2}name|instance|secretName): (.+)$/gm)].map(([, value]) => value);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((value) => value === name)).toEqual([]);
  });

  it.each([
    `a.${'b'.repeat(51)}`, // as long as Helm allows
    '2026.shop',
    `1${'2'.repeat(45)}-${'3'.repeat(6)}`,
  ])('has names of Services if the release is called %s', (name) => {
    const names = [...renderAs(name, ...EVERYTHING).stdout.matchAll(/^ {2}name: "?([^"\n]+)"?$/gm)].map(([, n]) => n!);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((one) => !/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(one))).toEqual([]);
  });

  it('contains large numbers of a values file without an exponent', () => {
    const file = join(aFolder(), 'values.yaml');
    writeFileSync(
      file,
      `config: { REQUESTS_PER_MINUTE: 1000000 }
worker: { autoscaling: { enabled: true, targetAgeSeconds: 1000000 } }
migration: { activeDeadlineSeconds: 1000000 }
terminationGracePeriodSeconds: 1000000\n`,
    );
    const { stdout } = helm('template', 'shop', CHART, ...KUBERNETES, '--values', file);
    expect(stdout.match(/\b1000000\b/g)).toHaveLength(8);
    expect(stdout).not.toContain('e+06');
  });

  it.each([
    'config=null',
    'terminationGracePeriodSeconds=30',
    'api.config.PRE_STOP_MS=18000', // too long for terminationGracePeriodSeconds
    'config.JWT_SECRET=in-the-environment',
    'secrets.keys={JWT_SECRET}',
    'metrics.port=8000',
    'config.PORT=3000',
    'worker.config.METRICS_PORT=9000',
    'config.METRICS_HOST=127.0.0.1',
    'api.config.HOST=localhost',
    'config.JWT_SECRET_FILE=/tmp/secret',
    'replicas=3',
  ])('refuses %s', (set) => expect(render(set)).toMatchObject({ status: 1, stdout: '' }));
});

/** Rewrites references: kubeconform resolves them only next to the file, but the package has them as URLs. */
function schemasFor(kubeconform: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-schemas-'));
  const needed =
    /^(_definitions|(deployment|job|service|networkpolicy|poddisruptionbudget|horizontalpodautoscaler)-.*)\.json$/;
  for (const name of readdirSync(schemas!).filter((file) => needed.test(file))) {
    const { $id: _, ...rest } = JSON.parse(readFileSync(join(schemas!, name), 'utf8')) as Record<string, unknown>;
    writeFileSync(
      join(folder, name),
      JSON.stringify(rest).replaceAll('"/api/_definitions.json#', '"_definitions.json#'),
    );
  }
  try {
    kubeconform(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

(hasHelm && hasKubeconform && schemas !== undefined ? it : it.skip)(
  'the objects of the chart match the schemas of Kubernetes',
  () => {
    schemasFor((folder) => {
      const location = join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
      const check = (input: string) =>
        spawnSync('kubeconform', ['-strict', '-schema-location', location, '-skip', 'ServiceMonitor'], {
          encoding: 'utf8',
          input,
        });
      for (const sets of [[], EVERYTHING, ['worker.enabled=false', 'api.autoscaling.enabled=false']])
        expect(check(render(...sets).stdout)).toMatchObject({ status: 0, stdout: '' });
      expect(check(render().stdout.replace('readOnlyRootFilesystem', 'readOnly')).stdout).toMatch(/readOnly/);
    });
  },
  60_000,
);
