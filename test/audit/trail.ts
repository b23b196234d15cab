import { DataSource } from 'typeorm';
import { verifyTrail, type Verdict } from '../../src/audit/verify.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';

const EVENTS = `insert into audit_events (actor_id, action, subject, details)
  select i, 'item.updated', 'items/' || i, json_build_object('name', 'Lamp “ö” ' || i) from generate_series(1, $1::int) i`;

/** Writes this many events in one transaction. */
export const addEvents = ({ query }: OwnDatabase, events: number) => query(EVENTS, [events]);

/** Creates a database with this many events. */
export async function aTrail(events: number): Promise<OwnDatabase> {
  const database = await ownDatabase();
  await addEvents(database, events);
  return database;
}

/** Returns the verdict of `npm run audit:verify` on the trail. */
export async function verdictOn(url: string, ...anchors: string[]): Promise<Verdict> {
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  try {
    return await verifyTrail(source.manager, anchors);
  } finally {
    await source.destroy();
  }
}
