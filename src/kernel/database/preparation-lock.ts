import type { ClientBase } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { advisoryHolders, named } from './lock-holders.js';

/** Any number will do, as long as no other program on this database takes the same advisory lock. */
const LOCK = 4_120_253_117;
const TRY_EVERY_MS = 100;
/** Who waits longer than this says for whom, and says it again from time to time. */
const SILENT_MS = 5000;
const SAY_EVERY_MS = 30_000;

/**
 * Takes the lock of whoever prepares the database, until the connection ends. It belongs to a transaction: a session's lock
 * would stay on a pooler's connection when the client is gone. Who waits has no transaction open between its tries: `create
 * index concurrently` would wait for its end.
 */
export async function takePreparationLock(client: ClientBase): Promise<void> {
  const began = performance.now();
  let toldAt = began + SILENT_MS - SAY_EVERY_MS;
  while (!(await isTaken(client))) {
    const now = performance.now();
    if (now - toldAt >= SAY_EVERY_MS) {
      toldAt = now;
      await tell(client, now - began);
    }
    await sleep(TRY_EVERY_MS);
  }
}

async function isTaken(client: ClientBase): Promise<boolean> {
  await client.query('begin');
  // without parameters: the portal of a statement that has some keeps its snapshot, which `concurrently` waits for, too
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_xact_lock(${LOCK}) as taken`);
  const { taken } = rows[0]!;
  if (!taken) await client.query('rollback');
  return taken;
}

async function tell(client: ClientBase, waited: number): Promise<void> {
  const who = named(await advisoryHolders(client, LOCK));
  const seconds = Math.round(waited / 1000);
  process.stderr.write(`Waiting for ${seconds} s until ${who} has prepared the database, and lets go of its lock\n`);
}
