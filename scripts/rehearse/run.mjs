// npm run migrate:rehearse: checks whether the migrations of this checkout would block, break or lose anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaseEmbeddedPostgres } from '../../dist/src/embedded-postgres/lease.js';
import pg from 'pg';
import { command, commit, whole } from '../command.mjs';
import { buildFormer, formerCommit } from './builds.mjs';
import { prepareDatabase } from './baseline.mjs';
import { createOwner, OWNER } from './owner.mjs';
import { rehearse } from './rehearsal.mjs';

const EXIT_CODES = `
Exit codes: 0 if all migrations pass; 1 if one fails (the report has the statement); 2 after wrong arguments.`;

const log = (sentence) => console.log(`${new Date().toISOString().slice(11, 19)}  ${sentence}`);
const asked = command(
  'npm run migrate:rehearse --',
  'Build the last release and fill a separate database for it. Then apply, undo and reapply the newer migrations while both builds serve.',
)
  .option('--from <COMMIT>', 'the tag or commit to start from (default: the last release)', commit)
  .option('--orders <N>', 'number of orders in the database', whole(1000, 99_999_999), 1_000_000)
  .addHelpText('after', EXIT_CODES)
  .parse()
  .opts();

process.exitCode = await main();

async function main() {
  const from = asked.from ?? formerCommit();
  if (from === undefined)
    return console.error('No commit has different migrations than this checkout: name one with --from') ?? 1;
  log(`The old build is ${from}`);
  const build = buildFormer(from, log);
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-rehearsal-'));
  const lease = await leaseEmbeddedPostgres(dataDir);
  try {
    const urls = await makeDatabase(lease);
    return await onDatabase({ ...urls, old: build.folder, dataDir, orders: asked.orders, log });
  } finally {
    await lease.release();
    rmSync(dataDir, { recursive: true, force: true });
    build.remove();
  }
}

async function makeDatabase(lease) {
  const superuser = new pg.Client({ connectionString: lease.url('postgres') });
  await superuser.connect();
  try {
    const ofOwner = await createOwner(superuser);
    await superuser.query(`create database rehearsed owner ${OWNER}`);
    const superuserUrl = lease.url('rehearsed');
    return { superuserUrl, url: ofOwner(superuserUrl) };
  } finally {
    await superuser.end();
  }
}

async function onDatabase(given) {
  given.log(`Filling the database with ${given.orders} orders`);
  await prepareDatabase(given);
  const rehearsal = await rehearse(given);
  if (rehearsal.names.length === 0)
    return console.log('The old build has the same migrations: nothing to rehearse') ?? 0;
  const findings = rehearsal.judge();
  console.log(`\n${tableOf(rehearsal.statements)}\n\n${findings.text()}`);
  const failed = new Set(findings.failures.map(({ migration }) => migration)).size;
  console.log(
    failed === 0
      ? `All ${rehearsal.names.length} migration(s) passed`
      : `${failed} of ${rehearsal.names.length} migration(s) failed`,
  );
  return failed === 0 ? 0 : 1;
}

/** Returns a table of the statements that ran, with their durations, rows and locks. */
function tableOf(runs) {
  const lines = runs.flatMap(({ way, name, statements }) =>
    statements.map(({ text, ms, rows, locks }) =>
      [
        way.padEnd(4),
        name.padEnd(36),
        `${ms === undefined ? '?' : Math.round(ms)} ms`.padStart(9),
        `${rows ?? '?'} rows`.padStart(13),
        ` ${text.slice(0, 70).padEnd(70)}`,
        (locks ?? []).join(', '),
      ].join(' '),
    ),
  );
  return [...new Set(lines)].slice(0, 200).join('\n');
}
