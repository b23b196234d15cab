import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { aFolder } from '../support/processes.js';

// The alerts, evaluated by promtool on invented series. Those about replicas are tested in deploy.e2e-spec.ts.

/** The values of series, one a minute, in promtool's notation: `0+6x60` rises by 6, `1x60` stays. */
type Series = Readonly<Record<string, string>>;

const RULES = resolve('deploy/prometheus-alerts.yaml');
const ALERTS = [...readFileSync(RULES, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);

const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' });
const hasPromtool = promtool('--version').status === 0;
if (!hasPromtool) console.warn('SKIPPED: promtool is not installed, so the alerts are not evaluated');

/** Returns the summaries of the alerts that are firing after half an hour, each with its name. */
function firing(series: Series): string[] {
  const file = join(aFolder(), 'test.yaml');
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const alert_rule_test = ALERTS.map((alertname) => ({ eval_time: '30m', alertname, exp_alerts: [] }));
  const tests = [{ interval: '1m', input_series, alert_rule_test }];
  writeFileSync(file, JSON.stringify({ rule_files: [RULES], tests })); // JSON is YAML
  const { stdout, stderr } = promtool('test', 'rules', file);
  return [...(stdout + stderr).matchAll(/Labels:\{alertname="(\w+)".*\n?.*Annotations:\{summary="(.*)"\}/g)].map(
    ([, name, summary]) => `${name}: ${summary}`,
  );
}

/** A process that serves requests, without which an alert is always raised. */
const SERVING = { aerie_http_requests_in_flight: '0x60' };
/** A histogram with the same number of values in every minute, of which half are above `le`. */
const halfAbove = (name: string, labels: string, le: number): Series => ({
  [`${name}_bucket{${labels},le="${le}"}`]: '0+30x60',
  [`${name}_bucket{${labels},le="${le * 2}"}`]: '0+60x60',
  [`${name}_bucket{${labels},le="+Inf"}`]: '0+60x60',
});
const REQUESTS = 'http_request_duration_seconds';
const STATEMENTS = 'aerie_database_statement_duration_seconds';

const RAISED: readonly (readonly [says: string, series: Series])[] = [
  [
    'AerieErrors: 9.091% of the requests get a 5xx.',
    { [`${REQUESTS}_count{status="200"}`]: '0+60x60', [`${REQUESTS}_count{status="500"}`]: '0+6x60' },
  ],
  ['AerieSlow: One request in twenty takes longer than 1.9s.', halfAbove(REQUESTS, 'route="/orders"', 1)],
  [
    'AerieRefusesRequests: 0.2 requests a second are refused: busy.',
    { 'aerie_http_requests_refused_total{cause="busy"}': '0+12x60' },
  ],
  [
    'AerieRequestsQueue: Requests have been queued for five minutes. Add processes, or raise MAX_IN_FLIGHT.',
    { aerie_http_requests_queued: '1x60' },
  ],
  [
    'AerieEventLoopLate: The event loop is delayed by 500ms. The process has no CPU time left.',
    { nodejs_eventloop_lag_p99_seconds: '0.5x60' },
  ],
  [
    'AerieConnectionsExhausted: Requests or jobs wait for connections of the pool aerie.',
    { 'aerie_database_connections_waiting{pool="aerie"}': '2x60' },
  ],
  ['AerieStatementsSlow: One select in twenty takes longer than 950ms.', halfAbove(STATEMENTS, 'kind="select"', 0.5)],
  [
    'AerieTransactionsRetried: 2.0 transactions a second are retried: many requests change the same rows.',
    { aerie_database_transaction_retries_total: '0+120x60' },
  ],
  [
    'AerieJobsLate: The oldest job of the kind mail has been due for 6m 40s.',
    { 'aerie_jobs_oldest_age_seconds{kind="mail",state="retry"}': '400x60' },
  ],
  [
    'AerieDeadLetters: Jobs of the kind mail have failed and are not retried. An admin can retry them (POST /jobs/{id}/retry).',
    { 'aerie_jobs{kind="mail",state="failed"}': '3x20 4x40' },
  ],
  [
    'AerieMailsPostponed: The mail server does not accept mails.',
    { 'aerie_mails_total{outcome="postponed"}': '0+1x60' },
  ],
  [
    'AeriePasswordsQueue: Sign-ins have waited for a thread for five minutes. Add CPUs, or check whether passwords are being guessed.',
    { 'aerie_thread_tasks{pool="password",state="waiting"}': '1x60' },
  ],
  [
    'AerieRateLimits: 10.0 requests or attempts a second are refused by the limit user: passwords are being guessed, or a client loops.',
    { 'aerie_rate_limited_total{limit="user"}': '0+600x60' },
  ],
  [
    'AerieWorkerDied: A worker process has died and was replaced. The log has the reason.',
    { aerie_worker_deaths_total: '0x20 1x40' },
  ],
];

const QUIET: readonly (readonly [what: string, series: Series])[] = [
  [
    'requests without errors',
    { [`${REQUESTS}_count{status="200"}`]: '0+60x60', [`${REQUESTS}_count{status="500"}`]: '3x60' },
  ],
  ['unknown paths that take long', halfAbove(REQUESTS, 'route="unrouted"', 1)],
  [
    'refusals by the rate limit, and requests that are not HTTP',
    {
      'aerie_http_requests_refused_total{cause="rate_limit"}': '0+120x60',
      'aerie_http_requests_refused_total{cause="malformed"}': '0+120x60',
    },
  ],
  ['a job that runs for long', { 'aerie_jobs_oldest_age_seconds{kind="export",state="active"}': '400x60' }],
  ['old dead letters', { 'aerie_jobs{kind="mail",state="failed"}': '3x60' }],
  ['old mails and deaths', { 'aerie_mails_total{outcome="postponed"}': '9x60', aerie_worker_deaths_total: '2x60' }],
];

(hasPromtool ? describe : describe.skip)('promtool', () => {
  it.each(RAISED)('raises %s', (says, series) => {
    expect(firing({ ...SERVING, ...series })).toEqual([says]);
  });

  it('raises AerieAbsent if only workers of jobs report metrics', () => {
    expect(firing({ aerie_build_info: '1x60' })).toEqual([
      'AerieAbsent: No process that serves requests reports metrics.',
    ]);
  });

  it.each(QUIET)('raises nothing for %s', (_, series) => {
    expect(firing({ ...SERVING, ...series })).toEqual([]);
  });

  it('has raised every alert that is not about replicas', () => {
    const raised = new Set(['AerieAbsent', ...RAISED.map(([says]) => says.split(':')[0]!)]);
    expect(ALERTS.filter((name) => !raised.has(name) && !name.startsWith('AerieReplica'))).toEqual([]);
  });
});
