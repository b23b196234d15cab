import type { ClientBase } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { advisoryLockHolders, describeSessions } from './blocking-sessions.js';

// The advisory lock that lets one process at a time set up a database.

/** The key of the lock: an arbitrary number that no other program on the database uses. */
const LOCK = 4_120_253_117;
const RETRY_INTERVAL_MS = 100;
const REPORT_AFTER_MS = 5000;
const REPORT_INTERVAL_MS = 30_000;

/**
 * Acquires the lock, which is held until the connection ends. It is a transaction-level lock: behind a pooler, a
 * session-level lock would remain when the client is gone. Polls the lock instead of waiting for it in a query: `create
 * index concurrently` in another process would wait for the waiting transaction.
 */
export async function acquireMigrationLock(client: ClientBase): Promise<void> {
  const startedAt = performance.now();
  let reportAt = startedAt + REPORT_AFTER_MS;
  while (!(await tryLock(client))) {
    const now = performance.now();
    if (now >= reportAt) {
      reportAt = now + REPORT_INTERVAL_MS;
      await reportWait(client, now - startedAt);
    }
    await sleep(RETRY_INTERVAL_MS);
  }
}

async function tryLock(client: ClientBase): Promise<boolean> {
  await client.query('begin');
  // without parameters: a statement with parameters has a portal that keeps its snapshot, and `concurrently` waits for
  // that
  const { rows } = await client.query<{ acquired: boolean }>(`select pg_try_advisory_xact_lock(${LOCK}) as acquired`);
  const { acquired } = rows[0]!;
  if (!acquired) await client.query('rollback');
  return acquired;
}

async function reportWait(client: ClientBase, waitedMs: number): Promise<void> {
  const holders = describeSessions(await advisoryLockHolders(client, LOCK));
  const seconds = Math.round(waitedMs / 1000);
  process.stderr.write(`Waited ${seconds} s for the migration lock; it is held by ${holders}\n`);
}
