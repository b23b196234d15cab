// npm run test:rehearsal: rehearses each labelled migration on its own small database. Arguments select migrations by
// name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import pg from 'pg';
import { leaseEmbeddedPostgres } from '../../dist/src/embedded-postgres/lease.js';
import { command } from '../../scripts/command.mjs';
import { prepareDatabase, takeBaseline } from '../../scripts/rehearse/baseline.mjs';
import { createOwner, OWNER } from '../../scripts/rehearse/owner.mjs';
import { rehearse } from '../../scripts/rehearse/rehearsal.mjs';
import { BAD, GOOD, migrationOf } from './labelled.mjs';

const ORDERS = 20_000;
const HERE = join(import.meta.dirname, '../..');
const asked = command('npm run test:rehearsal --', 'Rehearse the labelled migrations, or only the given ones.')
  .argument('[NAME...]', 'names of migrations, such as IndexConcurrently', named)
  .option('--verbose', 'print each report', false)
  .parse();
const chosen = asked.args;
const { verbose: isVerbose } = asked.opts();

const dataDir = mkdtempSync(join(tmpdir(), 'aerie-labelled-'));
const lease = await leaseEmbeddedPostgres(dataDir);
const admin = new pg.Client({ connectionString: lease.url('postgres') });
await admin.connect();
let wrong = 0;
try {
  const ofOwner = await createOwner(admin);
  await admin.query(`create database filled owner ${OWNER}`);
  const superuserUrl = lease.url('filled');
  await prepareDatabase({ url: ofOwner(superuserUrl), superuserUrl, old: HERE, orders: ORDERS, dataDir });
  const baseline = await takeBaseline({ url: ofOwner(superuserUrl), old: HERE, dataDir });
  for (const [label, all] of Object.entries({ good: GOOD, bad: BAD })) {
    for (const [name, described] of Object.entries(all)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      const { failures, text, seconds } = await verdict(name, described, baseline, ofOwner);
      const isRight = failures.length === 0 ? label === 'good' : label === 'bad' && isBlamed(described, failures);
      if (!isRight) wrong++;
      console.log(
        `${isRight ? 'right' : 'WRONG'}  ${label.padEnd(4)}  ${name.padEnd(24)} ${seconds.toFixed(1).padStart(5)} s  ${failures[0]?.sentence ?? ''}`,
      );
      if (isVerbose || !isRight) console.log(text);
    }
  }
} finally {
  await admin.end();
  await lease.release();
  rmSync(dataDir, { recursive: true, force: true });
}
console.log(wrong === 0 ? 'All migrations were classified correctly' : `${wrong} migration(s) were classified wrongly`);
process.exitCode = wrong === 0 ? 0 : 1;

/** Refuses unknown names, which would otherwise be ignored. */
function named(name, others = []) {
  if (name in GOOD || name in BAD) return [...others, name];
  throw new InvalidArgumentError(`The names are ${Object.keys({ ...GOOD, ...BAD }).join(', ')}.`);
}

/** Returns whether the first finding names the statement that causes it. */
function isBlamed({ by = '' }, [{ statement = '' }]) {
  return statement.includes(by);
}

async function verdict(name, described, baseline, ofOwner) {
  const began = performance.now();
  const database = name.toLowerCase();
  await admin.query(`create database "${database}" template filled owner ${OWNER}`);
  const url = ofOwner(lease.url(database));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of described.before ?? []) await client.query(statement);
  await client.end();
  try {
    const log = isVerbose ? console.log : undefined;
    const rehearsal = await rehearse({
      url,
      old: HERE,
      dataDir,
      baseline,
      untilFailure: true,
      added: [migrationOf(name, described)],
      log,
    });
    const findings = rehearsal.judge();
    return { failures: findings.failures, text: findings.text(), seconds: (performance.now() - began) / 1000 };
  } finally {
    await admin.query(`drop database "${database}" with (force)`);
  }
}
