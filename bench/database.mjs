import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { leaseEmbeddedPostgres } from '../dist/src/embedded-postgres/lease.js';
import { fill } from './data.mjs';

/** This checkout. */
export const HERE = fileURLToPath(new URL('..', import.meta.url));

/** The benchmark's own embedded PostgreSQL, which lasts from run to run. */
export const openPostgres = (dataDir) => leaseEmbeddedPostgres(dataDir);

/** A database with the rows and the schema of a checkout. */
export async function openDatabase(lease, name, size, checkout = HERE) {
  const admin = new pg.Client({ connectionString: lease.url() });
  await admin.connect();
  const { rows } = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (rows.length === 0) await admin.query(`create database ${name}`);
  const { rows: version } = await admin.query('show server_version');
  await admin.end();
  const url = lease.url(name);
  execFileSync(process.execPath, [join(checkout, 'dist/src/commands/migrate.js')], {
    env: { PATH: process.env.PATH, DATABASE_URL: url },
    stdio: 'ignore',
  });
  await fill(url, size);
  await postponeJobs(url);
  return { url, version: version[0].server_version };
}

/** The jobs of placed orders wait: what mails them is not what is measured here. Both servers pay for the trigger. */
async function postponeJobs(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create or replace function postpone_job() returns trigger language plpgsql as
      $$ begin new.start_after := now() + interval '10 years'; return new; end $$;
    create or replace trigger postpone_job before insert on pgboss.job for each row
      when (new.name = 'order-confirmation') execute function postpone_job()`);
  await client.end();
}
