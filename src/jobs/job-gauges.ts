import type { EntityManager } from 'typeorm';
import { Gauge, type Reading } from '../kernel/common/instruments.js';
import { execute } from '../kernel/database/statement.js';
import { IS_LISTED, JobState } from './job-row.entity.js';

// Metrics of the job queue: number of jobs, and age of the oldest.

const JOBS = new Gauge({
  name: 'aerie_jobs',
  help: 'Jobs by kind and state, without completed and cancelled jobs. Failed jobs are dead letters.',
  labels: ['kind', 'state'],
  isShared: true,
});
const OLDEST = new Gauge({
  name: 'aerie_jobs_oldest_age_seconds',
  help: 'Age of the oldest job of a kind and state: since it was due, or since its attempt started if it is active.',
  labels: ['kind', 'state'],
  isShared: true,
});

/** The states whose oldest job is reported. */
const PENDING_STATES = [JobState.created, JobState.retry, JobState.active];
const STATES = [...PENDING_STATES, JobState.failed];

/** Uses the index on `state`. Completed jobs, which are most of them, are not read. */
const COUNT = `
  select name, state::text, count(*)::int,
    greatest(extract(epoch from now() - min(case state when 'active' then started_on else start_after end)), 0)::float8
  from pgboss.job where state in ('${STATES.join("', '")}') and ${IS_LISTED} group by name, state`;

/** How long a result is cached, so that one statement serves both gauges. */
const CACHE_MS = 1000;

/** The number of jobs of a kind and state, and the age of the oldest in seconds. */
interface JobCount {
  readonly labels: { readonly kind: string; readonly state: JobState };
  readonly count: number;
  readonly age: number;
}

/**
 * Registers the gauges of the job queue and returns a function that unregisters them. `kinds` are reported also if they
 * have no jobs.
 */
export function registerJobGauges(db: EntityManager, kinds: readonly string[]): () => void {
  let lastCount = { at: -Infinity, counts: Promise.resolve<JobCount[]>([]) };
  const counted = () => {
    if (performance.now() - lastCount.at > CACHE_MS) lastCount = { at: performance.now(), counts: count(db, kinds) };
    return lastCount.counts;
  };
  const unwatch = [
    JOBS.addCallback(async () => (await counted()).map(({ labels, count: value }) => ({ labels, value }))),
    OLDEST.addCallback(async () => (await counted()).flatMap(ageOf)),
  ];
  return () => unwatch.forEach((end) => end());
}

async function count(db: EntityManager, kinds: readonly string[]): Promise<JobCount[]> {
  const { rows } = await execute(db, COUNT, []);
  const found = new Map((rows as [string, string, number, number][]).map((row) => [`${row[0]} ${row[1]}`, row]));
  const all = new Set([...kinds, ...[...found.values()].map(([kind]) => kind)]);
  return [...all].flatMap((kind) =>
    STATES.map((state) => {
      const [, , number, age] = found.get(`${kind} ${state}`) ?? [kind, state, 0, 0];
      return { labels: { kind, state }, count: number, age };
    }),
  );
}

function ageOf({ labels, age }: JobCount): Reading<'kind' | 'state'>[] {
  return PENDING_STATES.some((state) => state === labels.state) ? [{ labels, value: age }] : [];
}
