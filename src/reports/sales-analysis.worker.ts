// Runs in a worker thread: reading and computing both happen off the event loop that answers requests.
import pg from 'pg';
import type { SalesReport } from './reports.dto.js';
import { analyse, type Sale } from './sales-analysis.js';

export interface SalesAnalysisTask {
  readonly databaseUrl: string;
  readonly maxOrders: number;
}

export default async function run({ databaseUrl, maxOrders }: SalesAnalysisTask): Promise<SalesReport> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'aerie-analysis' });
  client.on('error', () => {}); // the statement that was running reports it
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const sales = await client.query<[number | null, number, string]>({
      text: `select user_id, item_id, total_cents from orders where status <> 'cancelled' order by id desc limit $1`,
      values: [maxOrders],
      rowMode: 'array',
    });
    const names = await client.query<{ id: number; name: string }>('select id, name from items');
    await client.query('commit');
    return analyse(
      sales.rows.map(([user_id, item_id, total]): Sale => [user_id, item_id, Number(total)]),
      new Map(names.rows.map(({ id, name }) => [id, name])),
    );
  } finally {
    await client.end();
  }
}
