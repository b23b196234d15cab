// Prepares one PostgreSQL for the run (TEST_DATABASE_URL, or an embedded one) and one migrated template database, which
// every test file clones. Reports wrong declarations that prevent the application from starting: once, not in every
// file.
import pg from 'pg';
import { assertServed } from './served.mjs';
import { testConfig } from './test-config.mjs';

export default async function globalSetup() {
  const [{ leaseEmbeddedPostgres }, { prepare }, { assembleApp }] = await Promise.all([
    import('../../dist/src/embedded-postgres/lease.js'),
    import('../../dist/src/prepare.js'),
    import('../../dist/src/app.js'),
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
  const config = await testConfig({ DATABASE_URL: url.href, LOG_LEVEL: 'silent' });
  const whole = async () => {
    await prepare(config);
    const { app } = await assembleApp(config);
    await assertServed(app);
    await app.close();
  };
  await whole().catch(async (error) => {
    await admin.end();
    await lease?.release();
    throw isMistake(error) ? new Error(`\n${error.message}\n`) : error;
  });
  Object.assign(process.env, { TEST_ADMIN_URL: adminUrl, TEST_TEMPLATE: template }); // the workers inherit these
  globalThis.stopTestDatabase = async () => {
    await admin.query(`drop database if exists "${template}" with (force)`);
    await admin.end();
    await lease?.release();
  };
}

/** Whether the message is enough, because it names the file and the remedy. A stack trace would only distract. */
const isMistake = ({ name }) => name === 'DeclarationError' || name === 'NotServed' || name === 'OperatorError';

/** Drops the databases of earlier runs that were killed. */
async function dropLeftovers(admin) {
  const { rows } = await admin.query(String.raw`select datname from pg_database where datname like 'test\_%'`);
  for (const { datname } of rows) await admin.query(`drop database if exists "${datname}" with (force)`);
}
