// Runs in a worker thread: reading and computing both happen off the event loop that answers requests.
import pg from 'pg';
import { openClient } from '../kernel/database/session-settings.js';
import type { SalesReport } from './reports.dto.js';
import { analyse, type Sale } from './sales-analysis.js';

export interface SalesAnalysisTask {
  readonly databaseUrl: string;
  readonly maxOrders: number;
  /** The thread is ended by force then; what it asked the database ends by itself. */
  readonly deadlineMs: number;
}

export interface SalesAnalysis {
  readonly report: SalesReport;
  /** How long the database took. */
  readonly database_ms: number;
}

export default async function run(task: SalesAnalysisTask): Promise<SalesAnalysis> {
  try {
    return await report(task);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw Object.assign(error as Error, { cause: { code, syscall } }); // an error's other fields do not leave the thread
  }
}

async function report({ databaseUrl, maxOrders, deadlineMs }: SalesAnalysisTask): Promise<SalesAnalysis> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'aerie-analysis',
    connectionTimeoutMillis: deadlineMs,
  });
  const began = performance.now();
  await openClient(client);
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`select set_config('statement_timeout', $1, true)`, [String(deadlineMs)]); // a pooler keeps no other
    const sales = await client.query<[number | null, number, string]>({
      text: `select user_id, item_id, total_cents from orders where status <> 'cancelled' order by id desc limit $1`,
      values: [maxOrders],
      rowMode: 'array',
    });
    const names = await client.query<{ id: number; name: string }>('select id, name from items where id = any($1)', [
      [...new Set(sales.rows.map(([, item_id]) => item_id))],
    ]);
    await client.query('commit');
    const database_ms = performance.now() - began;
    const report = analyse(
      sales.rows.map(([user_id, item_id, total]): Sale => [user_id, item_id, Number(total)]),
      new Map(names.rows.map(({ id, name }) => [id, name])),
    );
    return { report, database_ms };
  } finally {
    await client.end();
  }
}
