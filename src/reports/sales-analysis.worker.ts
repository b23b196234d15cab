// Runs in a worker thread, so that neither reading nor computing blocks the event loop of requests.
import pg from 'pg';
import { openClient } from '../kernel/database/session-settings.js';
import type { SalesReport } from './reports.dto.js';
import { analyse, type Sale } from './sales-analysis.js';

export interface SalesAnalysisTask {
  readonly databaseUrl: string;
  readonly maxOrders: number;
  /** The time limit in milliseconds. After it, the thread is terminated, and its statements time out. */
  readonly deadlineMs: number;
}

export interface SalesAnalysis {
  readonly report: SalesReport;
  /** The time that the database took, in milliseconds. */
  readonly database_ms: number;
}

export default async function run(task: SalesAnalysisTask): Promise<SalesAnalysis> {
  try {
    return await report(task);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // other fields of errors are not passed out of the thread
    throw Object.assign(error as Error, { cause: { code, syscall } });
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
    // poolers do not keep settings of a session
    await client.query(`select set_config('statement_timeout', $1, true)`, [String(deadlineMs)]);
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
