import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { leaseEmbeddedPostgres } from '../dist/src/embedded-postgres/lease.js';
import { fill } from './data.mjs';

/** The folder of this checkout. */
export const HERE = fileURLToPath(new URL('..', import.meta.url));

/** Starts the benchmark's own embedded PostgreSQL. Its data is kept between runs. */
export const openPostgres = (dataDir) => leaseEmbeddedPostgres(dataDir);

/**
 * Opens a database with the schema of a checkout and the rows of the benchmark, and creates it if needed. Returns its
 * URL and the version of PostgreSQL.
 */
export async function openDatabase(lease, name, size, checkout = HERE) {
  const admin = new pg.Client({ connectionString: lease.url() });
  await admin.connect();
  const { rows } = await admin.query('select 1 from pg_database where datname = $1', [name]);
  if (rows.length === 0) await admin.query(`create database ${name}`);
  const { rows: version } = await admin.query('show server_version');
  await admin.end();
  const url = lease.url(name);
  execFileSync('npm', ['run', 'migrate'], {
    cwd: checkout,
    env: { PATH: process.env.PATH, DATABASE_URL: url },
    stdio: 'ignore',
  });
  await fill(url, size);
  await postponeJobs(url);
  return { url, version: version[0].server_version };
}

/**
 * Postpones the jobs of placed orders, because sending their mails is not measured here. The trigger costs both servers
 * the same.
 */
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
