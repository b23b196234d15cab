// Records how the old build works on its own schema: its responses, its reads, and which statements succeed. All later
// results are compared with this.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesOf } from './existing-rows.mjs';
import { fill } from './fill.mjs';
import { indexFunctions } from './index-functions.mjs';
import { output, startOld } from './programs.mjs';
import { JOBS, plantJobs } from './queue.mjs';
import { sequentialReads } from './reads.mjs';
import { signIn, smoke } from './smoke.mjs';
import { freeze, schemaOf, snapshot } from './snapshots.mjs';
import { statementsOf } from './statements.mjs';
import { baseline as tryAll } from './tables.mjs';
import { upkeepOf } from './upkeep.mjs';
import { pairsOf } from './writers.mjs';

const DESCRIBE = join(import.meta.dirname, 'describe.mjs');
export const HERE = join(import.meta.dirname, '../..');

/**
 * Migrates an empty database to the schema of the old build and fills it. Only a superuser can disable the triggers.
 */
export async function prepareDatabase({ url, superuserUrl, old, orders, dataDir }) {
  await output(command(old, 'migrate'), url, dataDir);
  await fill(superuserUrl, orders);
}

/** Records how the old build works on a prepared database. Throws if the old build already fails. */
export async function takeBaseline({ url, old, dataDir }) {
  const describe = async (folder) => JSON.parse(await output([DESCRIBE, join(folder, 'dist')], url, dataDir));
  const { tables: oldTables, used } = await describe(old);
  const { tables: newTables } = await describe(HERE);
  const document = documentOf(old);
  await freeze(url, oldTables);
  const app = await startOld(join(old, 'dist'), url, dataDir);
  try {
    const tokens = await signIn(app);
    const queue = await plantJobs(url);
    const run = () => sequentialReads(url, () => smoke(app, document, tokens));
    const runs = [await run(), await run()];
    refuseBroken(runs[1].answer, app);
    const watched = [...oldTables, ...queue];
    const frozen = [...oldTables, ...queue.filter(({ name }) => name === JOBS)];
    return {
      oldTables,
      used,
      newTables,
      watched,
      frozen,
      document,
      tokens,
      answers: runs.map(({ answer }) => answer),
      reads: runs.map(({ reads }) => reads),
      ...(await recordStatements(url, watched)),
      rules: await rulesOf(url, oldTables),
      functions: await indexFunctions(url),
      schema: await schemaOf(url),
      snapshot: await snapshot(url, frozen),
      upkeep: await upkeepOf(url, used),
      hasTrail: (await brokenTrail({ url, old, dataDir })) === undefined,
    };
  } finally {
    await app.stop();
  }
}

/** Returns the statements of a build on these tables, and how they work. */
export async function recordStatements(url, tables) {
  const sql = await statementsOf(url, tables);
  return { sql, sqlBefore: await tryAll(url, sql), pairs: await pairsOf(url, tables) };
}

/** Returns what the old build's `audit verify` reports, or undefined if the audit trail is intact. */
export async function brokenTrail({ url, old, dataDir }) {
  try {
    await output(command(old, 'audit', 'verify'), url, dataDir);
    return undefined;
  } catch ({ stdout, stderr, message }) {
    return [stdout, stderr].join(' ').replace(/\s+/g, ' ').trim().slice(0, 300) || message;
  }
}

/** Returns the arguments that run a command of a build. Before release 0.3 each command was a separate program. */
function command(folder, ...words) {
  const dist = join(folder, 'dist/src');
  const isOneProgram = existsSync(join(dist, 'commands/command-line.js'));
  return isOneProgram ? [join(dist, 'main.js'), ...words] : [join(dist, `commands/${words.join('-')}.js`)];
}

export const documentOf = (folder) => JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8'));

function refuseBroken(answers, { lastReason }) {
  const broken = [...answers].filter(([, { status }]) => status === 0 || status >= 500);
  if (broken.length === 0) return;
  const [name, { status, body }] = broken[0];
  throw new Error(
    `The old build fails before any migration: ${name}: ${status} ${JSON.stringify(body)} ${lastReason ?? ''}`,
  );
}
