// One PostgreSQL for the run (TEST_DATABASE_URL, or an embedded one) and one migrated template database, which every
// test file clones.
import pg from 'pg';
import { testConfig } from './test-config.mjs';

export default async function globalSetup() {
  const [{ leaseEmbeddedPostgres }, { prepare }] = await Promise.all([
    import('../../dist/src/embedded-postgres/lease.js'),
    import('../../dist/src/prepare.js'),
  ]);
  const given = process.env.TEST_DATABASE_URL;
  const lease = given ? undefined : await leaseEmbeddedPostgres('.data/test');
  const adminUrl = given ?? lease.url('postgres');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  if (lease) await dropLeftovers(admin);
  const template = `test_template_${process.pid}`;
  await admin.query(`create database "${template}"`);
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  await prepare(await testConfig({ DATABASE_URL: url.href }));
  Object.assign(process.env, { TEST_ADMIN_URL: adminUrl, TEST_TEMPLATE: template }); // the workers inherit these
  globalThis.stopTestDatabase = async () => {
    await admin.query(`drop database if exists "${template}" with (force)`);
    await admin.end();
    await lease?.release();
  };
}

/** A run that was killed leaves its databases behind. */
async function dropLeftovers(admin) {
  const { rows } = await admin.query(String.raw`select datname from pg_database where datname like 'test\_%'`);
  for (const { datname } of rows) await admin.query(`drop database if exists "${datname}" with (force)`);
}
