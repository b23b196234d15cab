import { PgBoss, type Db } from 'pg-boss';
import type { ClientBase } from 'pg';
import type { Config } from '../kernel/config/config.js';
import { setSession, type Settings } from '../kernel/database/session.js';
import type { JobKind } from './job-kind.js';
import { DEAD_LETTERS, INDEXES } from './statements.js';

const DAY_SECONDS = 86_400;

/** How a kind's jobs are kept and tried again: after 1 to 2 s, then twice as long each time, up to ten minutes. */
export function queueOf({ expireInSeconds }: JobKind<object>) {
  return {
    deadLetter: DEAD_LETTERS,
    retryLimit: 5,
    retryBackoff: true,
    retryDelay: 1,
    retryDelayMax: 600,
    expireInSeconds,
    heartbeatSeconds: 10, // a killed worker's job runs again after about this long
    retentionSeconds: 14 * DAY_SECONDS,
    deleteAfterSeconds: 14 * DAY_SECONDS,
    notify: true,
  };
}

/**
 * A full batch is followed by the next at once, so that a backlog goes as fast as it can. New jobs are announced by
 * NOTIFY; those that come back after a failure or from a dead process are found by polling.
 */
export function workOf({ atOnce }: JobKind<object>) {
  return {
    batchSize: atOnce,
    burstWhenBatchFull: true,
    perJobResults: true,
    includeMetadata: true,
    heartbeatRefreshSeconds: 3,
    pollingIntervalSeconds: 2,
    notifyPollingIntervalSeconds: 2,
  } as const;
}

/** For who takes jobs: hears of new ones, finds those of dead processes, and keeps the clock. */
const WORKING = {
  schedule: true,
  cronMonitorIntervalSeconds: 10,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  useListenNotify: true,
};
const ONLY_SENDING = { schedule: false, supervise: false };

/** pg-boss passes this option on to its pool. */
const settingUp = (settings?: Settings) => ({ onConnect: (client: ClientBase) => setSession(client, settings) });

/** The queue waits longer than a request for the database, but not for ever: milliseconds. */
const PATIENCE = {
  connectionTimeoutMillis: 5000,
  query_timeout: 12_000, // of pools that throw away a connection on which a statement failed, as the queue's does
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  ...settingUp({ statement_timeout: 10_000 }),
};

/** The queue's client. Its schema is there: migrateJobs has made it. */
export function connectQueue(config: Config): PgBoss {
  return new PgBoss({
    connectionString: config.databaseUrl,
    application_name: 'aerie-jobs',
    ...PATIENCE,
    max: 3,
    migrate: false,
    createSchema: false,
    ...(config.values.JOBS_IN_PROCESS ? WORKING : ONLY_SENDING),
  });
}

/** Makes or upgrades the queue's own schema; to be run by one process at a time. */
export async function migrateJobs(config: Config): Promise<void> {
  const boss = new PgBoss({
    connectionString: config.databaseUrl,
    ...settingUp(),
    max: 1,
    supervise: false,
    schedule: false,
  });
  boss.on('error', () => {}); // start() throws it as well
  await boss.start();
  await makeIndexes(boss.getDb());
  await boss.stop({ graceful: false });
}

/** Only those that are missing: "if not exists" locks the table before it looks, in the way of an application that is at work. */
async function makeIndexes(db: Db): Promise<void> {
  for (const [name, definition] of Object.entries(INDEXES)) {
    const { rows } = await db.executeSql('select to_regclass($1) as index', [`pgboss.${name}`]);
    const [{ index }] = rows as [{ index: string | null }];
    if (index === null) await db.executeSql(`create index ${name} on pgboss.job ${definition}`);
  }
}
