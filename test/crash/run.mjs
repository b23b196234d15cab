// Kills Aerie at random while clients write, and proves afterwards that nothing acknowledged is lost and nothing happened
// twice. usage: npm run test:crash -- [--kills N] [--writes N] [--seed N] [--minutes N] [--without keys|durability]
// With --without the proof is turned round: keys are not heeded, or PostgreSQL answers before it has written. The run is
// good then only if it is caught.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Client } from './client.mjs';
import { Kills } from './kills.mjs';
import { randomOf } from './random.mjs';
import { report } from './report.mjs';
import { System } from './system.mjs';
import { mailedTwice, verdict } from './verdict.mjs';
import { Writer } from './writer.mjs';

const WRITERS = 8;
const STOCK = 1_000_000_000;
const VERIFY = fileURLToPath(new URL('../../dist/src/commands/audit-verify.js', import.meta.url));

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    writes: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '6' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    without: { type: 'string' },
  },
});
const asked = { kills: Number(values.kills), writes: Number(values.writes), minutes: Number(values.minutes) };
console.log(`seed ${values.seed}: ${asked.kills} kills, ${asked.writes} writes, at most ${asked.minutes} minutes`);

const system = await System.start({ isDurable: values.without !== 'durability' });
try {
  const { problems, figures } = await crash(randomOf(Number(values.seed)));
  const found = Object.values(problems).some((list) => list.length > 0);
  console.log(report(problems, figures));
  console.log(values.without ? `Without ${values.without}, it was ${found ? '' : 'NOT '}caught.` : '');
  process.exitCode = found === (values.without !== undefined) ? 0 : 1;
} finally {
  await system.stop();
}
process.exit();

async function crash(random) {
  const items = await catalogue();
  const kills = new Kills(system, random);
  const settings = { items, heedsKeys: values.without !== 'keys', acknowledged: (began) => kills.acknowledged(began) };
  const writers = [];
  for (let i = 1; i <= WRITERS; i++) {
    writers.push(await Writer.signUp(system.url, { ...settings, random: randomOf(Number(values.seed) + i) }));
  }
  const admin = await Client.signUp(system.url);
  await system.query(`update users set role = 'admin' where id = $1`, [admin.id]);
  await system.query('checkpoint'); // what was until here is not what may be lost
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
    await promisify(execFile)(process.execPath, [VERIFY], {
      env: { PATH: process.env.PATH, DATABASE_URL: system.databaseUrl, DATA_DIR: system.folder },
    });
    return [];
  } catch (error) {
    return [String(error.stdout || error.message)];
  }
}
