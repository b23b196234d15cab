import type { EntityManager } from 'typeorm';
import { Gauge, type Reading } from '../kernel/common/instruments.js';
import { execute } from '../kernel/database/statement.js';
import { IS_LISTED, JobState } from './job-row.entity.js';

const JOBS = new Gauge({
  name: 'aerie_jobs',
  help: 'Jobs by kind and state, but for those that are completed or cancelled. Failed ones are dead letters.',
  labels: ['kind', 'state'],
  isShared: true,
});
const OLDEST = new Gauge({
  name: 'aerie_jobs_oldest_age_seconds',
  help: 'Age of the oldest job of a kind and state: since it was due, or, of an active one, since its attempt began.',
  labels: ['kind', 'state'],
  isShared: true,
});

/** Those whose oldest job is told, and `failed`. */
const UNDER_WAY = [JobState.created, JobState.retry, JobState.active];
const STATES = [...UNDER_WAY, JobState.failed];

/** By the index of states; completed jobs, which are most, are not read. */
const COUNT = `
  select name, state::text, count(*)::int,
    greatest(extract(epoch from now() - min(case state when 'active' then started_on else start_after end)), 0)::float8
  from pgboss.job where state in ('${STATES.join("', '")}') and ${IS_LISTED} group by name, state`;

/** Both gauges are read at once, by one statement. */
const FRESH_MS = 1000;

interface Counted {
  readonly labels: { readonly kind: string; readonly state: JobState };
  readonly count: number;
  readonly age: number;
}

/** Lets the queue be measured; returns what ends that. Of these kinds it is told, too, that there are no jobs. */
export function watchJobs(db: EntityManager, kinds: readonly string[]): () => void {
  let asked = { at: -Infinity, answer: Promise.resolve<Counted[]>([]) };
  const counted = () => {
    if (performance.now() - asked.at > FRESH_MS) asked = { at: performance.now(), answer: count(db, kinds) };
    return asked.answer;
  };
  const unwatch = [
    JOBS.addCallback(async () => (await counted()).map(({ labels, count: value }) => ({ labels, value }))),
    OLDEST.addCallback(async () => (await counted()).flatMap(ageOf)),
  ];
  return () => unwatch.forEach((end) => end());
}

async function count(db: EntityManager, kinds: readonly string[]): Promise<Counted[]> {
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

function ageOf({ labels, age }: Counted): Reading<'kind' | 'state'>[] {
  return UNDER_WAY.some((state) => state === labels.state) ? [{ labels, value: age }] : [];
}
