/** @jest-environment node */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseMetrics, type Family } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { ownDatabase } from '../support/own-database.js';
import { aerie, aFolder } from '../support/processes.js';
import { textFiles } from '../support/sources.js';

interface Expression {
  readonly where: string;
  readonly text: string;
}

const textOf = (name: string) => textFiles('deploy').find(({ path }) => path === `deploy/${name}`)!.text;
const alerts = textOf('prometheus-alerts.yaml');
const dashboard = JSON.parse(textOf('grafana-dashboard.json')) as object;

/** The name and the expression of each alert rule. */
const ofAlerts: Expression[] = [...alerts.matchAll(/- alert: (\w+)\n(?: +#.*\n)? +expr: (.+)\n/g)].map(
  ([, where, text]) => ({
    where: where!,
    text: text!,
  }),
);

function expressionsIn(node: unknown, where: string): Expression[] {
  if (typeof node !== 'object' || node === null) return [];
  const { title = where, expr, query } = node as Record<string, unknown>;
  const own = [expr, query].filter((text) => typeof text === 'string' && text !== 'prometheus');
  return [
    ...own.map((text) => ({ where: String(title), text: String(text) })),
    ...Object.values(node).flatMap((child) => expressionsIn(child, String(title))),
  ];
}

const ofDashboard = expressionsIn(dashboard, '');
const METRIC = /\b(?:aerie|http|nodejs|process)_[a-z0-9_]+(?:\{([^}]*)\})?/g;
const MATCHER = /([a-z_]+)(=~?|!~|!=)"([^"]*)"/g;

let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  const { url } = await ownDatabase();
  const port = String(await freePort());
  const app = aerie({
    DATA_DIR: aFolder(),
    DATABASE_URL: url,
    WORKERS: '2',
    METRICS_PORT: port,
    DATABASE_REPLICA_URLS: url,
  });
  await fetch(`${await app.address()}/`); // three processes start while other tests keep the machine busy
  families = parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
});

const familyOf = (name: string) => families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''));

function unknownIn({ where, text }: Expression): string[] {
  return [...text.matchAll(METRIC)].flatMap(([whole, matchers = '']) => {
    const name = whole.split('{')[0]!;
    const family = familyOf(name);
    if (family === undefined) return `${where}: ${name}`;
    const known = new Set(family.samples.flatMap(({ labels }) => Object.keys(labels)));
    const asked = [...matchers.matchAll(MATCHER)].map(([, label]) => label!);
    return asked
      .filter((label) => label !== 'instance' && !known.has(label))
      .map((label) => `${where}: ${name}{${label}}`);
  });
}

const REPLICA_LEFT_OUT = 'AerieReplicaLeftOut';
const REPLICA_PROMOTED = 'AerieReplicaPromoted';
const REPLICA_ALERTS = [
  {
    alertname: REPLICA_LEFT_OUT,
    summary: 'Replica 1 is not used. The log has the reason. The primary handles its queries.',
  },
  {
    alertname: REPLICA_PROMOTED,
    summary:
      'Replica 1 no longer follows the primary. Unless you made it the primary, it was promoted by mistake, or follows another server.',
  },
];
const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' });
const hasPromtool = promtool('--version').status === 0;
if (!hasPromtool) console.warn('SKIPPED: promtool is not installed, so it does not check the alerts');

(hasPromtool ? it : it.skip)('promtool accepts the alerts and each expression of the dashboard', () => {
  const { stdout, stderr } = promtool('check', 'rules', '--lint=all', '--lint-fatal', 'deploy/prometheus-alerts.yaml');
  expect([stdout, stderr]).toEqual([expect.stringContaining(`SUCCESS: ${ofAlerts.length} rules found`), '']);
  const rules = ofDashboard.filter(({ text }) => !text.startsWith('label_values('));
  const lines = rules.map(({ text }, i) => `- record: rule${i}\n  expr: ${JSON.stringify(asPanel(text))}\n`);
  const file = join(aFolder(), 'rules.yaml');
  writeFileSync(file, `groups:\n- name: dashboard\n  rules:\n${lines.join('').replaceAll(/^/gm, '  ')}`);
  expect(promtool('check', 'rules', file).stderr).toBe('');
});

(hasPromtool ? it : it.skip).each([
  ['ok', []],
  ['late', [REPLICA_LEFT_OUT]],
  ['unavailable', [REPLICA_LEFT_OUT]],
  ['no replica', []], // the primary, which may be in the list
  ['no replica after ok', [REPLICA_PROMOTED]],
])('replicas in the state %s raise the alerts %j', (course, raised) => {
  const [current, former = current] = course.split(' after ') as [string, string?];
  const rules = {
    rule_files: [resolve('deploy/prometheus-alerts.yaml')],
    tests: [
      {
        interval: '1m',
        input_series: ['ok', 'late', 'unavailable', 'no replica'].map((state) => ({
          series: `aerie_replica_state{replica="1",state="${state}"}`,
          values: `${Number(state === former)}x10 ${Number(state === current)}x10`,
        })),
        alert_rule_test: REPLICA_ALERTS.map(({ alertname, summary }) => ({
          eval_time: '20m',
          alertname,
          exp_alerts: raised.includes(alertname)
            ? [{ exp_labels: { severity: 'warning', replica: '1' }, exp_annotations: { summary } }]
            : [],
        })),
      },
    ],
  };
  const file = join(aFolder(), 'test.yaml');
  writeFileSync(file, JSON.stringify(rules)); // JSON is YAML
  const { status, stdout, stderr } = promtool('test', 'rules', file);
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

/** Replaces the variables as Grafana does. */
const asPanel = (text: string) => text.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*');

it('the alerts and the dashboard contain expressions', () => {
  expect(ofAlerts.length).toBe(alerts.match(/- alert:/g)!.length);
  expect(ofAlerts.length).toBeGreaterThan(10);
  expect(ofDashboard.length).toBeGreaterThan(20);
});

it('the alerts use only existing metrics and labels', () => {
  expect(ofAlerts.flatMap(unknownIn)).toEqual([]);
});

it('the dashboard uses only existing metrics and labels', () => {
  expect(ofDashboard.flatMap(unknownIn)).toEqual([]);
});

it('the label values in the alerts and the dashboard exist', () => {
  const asked = [...ofAlerts, ...ofDashboard].flatMap(({ text }) =>
    [...text.matchAll(METRIC)].flatMap(([whole, matchers = '']) =>
      [...matchers.matchAll(MATCHER)].map(([, label, how, value]) => ({
        name: whole.split('{')[0]!,
        label,
        how,
        value,
      })),
    ),
  );
  const missing = asked.filter(({ name, label, value }) => {
    if (label === 'instance' || label === 'status' || label === 'route') return false; // vary with requests
    const values = new Set(familyOf(name)!.samples.map(({ labels }) => labels[label!]));
    return !value!.split('|').every((one) => values.has(one));
  });
  expect(missing).toEqual([]);
});

it('the dashboard shows every metric of Aerie', () => {
  const text = JSON.stringify(dashboard);
  const ours = [...families.keys()].filter((name) => /^(?:aerie|http)_/.test(name));
  expect(ours.filter((name) => !text.includes(name))).toEqual([]);
});
