// Kills Aerie at random while clients write. Afterwards it proves that no acknowledged write is lost and that nothing
// happened twice. `npm run test:crash -- --help` lists the options.
// With --without the proof is reversed: each try has a new key, or PostgreSQL acknowledges before it writes to disk.
// The run then succeeds only if the check detects that.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Option } from 'commander';
import { command, whole } from '../../scripts/command.mjs';
import { Client } from './client.mjs';
import { Kills } from './kills.mjs';
import { randomOf } from './random.mjs';
import { report } from './report.mjs';
import { System } from './system.mjs';
import { mailedTwice, verdict } from './verdict.mjs';
import { Writer } from './writer.mjs';

const WRITERS = 8;
const STOCK = 1_000_000_000;
const AERIE = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const asked = command(
  'npm run test:crash --',
  'Kill processes at random while clients write, and check that nothing is lost.',
)
  .option('--kills <N>', 'number of kills', whole(1), 100)
  .option('--writes <N>', 'minimum number of writes', whole(1), 10_000)
  .option('--minutes <N>', 'maximum duration in minutes', whole(1), 6)
  .option('--seed <N>', 'seed of the random choices', whole(0), Date.now() % 1_000_000)
  .addOption(
    new Option('--without <PART>', 'turn off a safeguard, and expect the check to fail').choices([
      'keys',
      'durability',
    ]),
  )
  .parse()
  .opts();
console.log(`seed ${asked.seed}: ${asked.kills} kills, ${asked.writes} writes, at most ${asked.minutes} minutes`);

const system = await System.start({ isDurable: asked.without !== 'durability' });
try {
  const { problems, figures } = await crash(randomOf(asked.seed));
  const found = Object.values(problems).some((list) => list.length > 0);
  console.log(report(problems, figures));
  console.log(
    asked.without ? `Without ${asked.without}, the check ${found ? 'failed as expected' : 'did NOT fail'}.` : '',
  );
  process.exitCode = found === (asked.without !== undefined) ? 0 : 1;
} finally {
  await system.stop();
}
process.exit();

async function crash(random) {
  const items = await catalogue();
  const kills = new Kills(system, random);
  const settings = { items, heedsKeys: asked.without !== 'keys', acknowledged: (began) => kills.acknowledged(began) };
  const writers = [];
  for (let i = 1; i <= WRITERS; i++) {
    writers.push(await Writer.signUp(system.url, { ...settings, random: randomOf(asked.seed + i) }));
  }
  const admin = await Client.signUp(system.url);
  await system.query(`update users set role = 'admin' where id = $1`, [admin.id]);
  await system.query('checkpoint'); // what was written before is not tested
  const began = performance.now();
  await writeAndKill(writers, kills, began);
  const seconds = (performance.now() - began) / 1000;
  await system.answers(60_000);
  await kills.finished();
  const problems = await verdict(system, writers, { items, stock: STOCK, admin });
  problems['no recovery'] = kills.failures;
  problems['the audit trail is broken'] = await auditProblems();
  return { problems, figures: { writers, kills, seconds, mailedTwice: mailedTwice(system) } };
}

async function writeAndKill(writers, kills, began) {
  const isLate = () => performance.now() - began > asked.minutes * 60_000;
  const written = () => writers.reduce((sum, { ledger }) => sum + ledger.length, 0);
  const isDone = () => isLate() || (kills.count >= asked.kills && written() >= asked.writes);
  const writing = writers.map(async (writer) => {
    while (!isDone()) await writer.write();
  });
  while (!isLate() && kills.count < asked.kills) await kills.one();
  await Promise.all(writing);
}

async function catalogue() {
  const rows = await system.query(
    `insert into items (name, price_cents, stock) select 'Item ' || i, 250, $1 from generate_series(1, 5) i returning id`,
    [STOCK],
  );
  return rows.map(({ id }) => id);
}

async function auditProblems() {
  try {
    await promisify(execFile)(process.execPath, [AERIE, 'audit', 'verify'], {
      env: { PATH: process.env.PATH, DATABASE_URL: system.databaseUrl, DATA_DIR: system.folder },
    });
    return [];
  } catch (error) {
    return [String(error.stdout || error.message)];
  }
}
