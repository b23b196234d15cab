// Measures Aerie beside its floor and writes RESULTS.md. usage: npm run bench -- [--large] [--routes WORD,…] [--rounds N]
// [--requests N] [--no-write] [--profile WORD]
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIZES } from './data.mjs';
import { openDatabase } from './database.mjs';
import { compareExports } from './export.mjs';
import { assertSameAnswers, compare } from './load.mjs';
import { options } from './options.mjs';
import { overload } from './overload.mjs';
import { profile } from './profile.mjs';
import { document, othersTable, routesTable } from './report.mjs';
import { routes, signIn } from './routes.mjs';
import { DATA_DIR, Server } from './servers.mjs';
import { median } from './stats.mjs';

const STARTS = 3;
const SETTLE_MS = 3000;
const EXPORT_ROUNDS = 3;

const asked = options(process.argv.slice(2));
const scale = asked.large ? 'large' : 'medium';
const size = SIZES[scale];
const database = await openDatabase(DATA_DIR, `bench_${scale}`, size);
try {
  if (asked.profile) console.log(await profile(database.url, size, asked));
  else if (asked.overload) await overload(database.url, size);
  else await measure();
} finally {
  await database.release();
}

async function measure() {
  const start = { aerie: await startMs(Server.aerie), floor: await startMs(Server.floor) };
  const servers = [await Server.floor(database.url), await Server.aerie(database.url)];
  try {
    await sleep(SETTLE_MS);
    const [floorIdle, aerieIdle] = await Promise.all(servers.map(async (server) => (await server.usage()).rss));
    const tokens = await signIn(servers[1]);
    const results = await measureRoutes(servers, routes(size, tokens).filter(isWanted));
    console.log(routesTable(results));
    if (asked.routes) return;
    const highest = (name) => Math.max(...results.map((result) => result[name].rss));
    const cpuOf = (start) => results.find(({ route: { name } }) => name.startsWith(start)).aerie.cpuUs;
    const others = othersTable({
      exported: await exportOf(servers[1], tokens.admin),
      start,
      idle: { aerie: aerieIdle, floor: floorIdle },
      loaded: { aerie: highest('aerie'), floor: highest('floor') },
      near: cpuOf('GET /orders, page 1'),
      far: cpuOf(`GET /orders, page ${size.orders / 20}`),
    });
    console.log(others);
    if (asked.write) write({ routes: routesTable(results), others });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function isWanted({ name }) {
  return asked.routes?.some((word) => name.includes(word)) ?? true;
}

async function measureRoutes(servers, wanted) {
  const results = [];
  for (const route of wanted) {
    await assertSameAnswers(servers, route);
    const [floor, aerie] = await compare(servers, route, asked);
    results.push({ route, floor, aerie });
    console.error(`${route.name}: ${aerie.cpuUs.toFixed(0)} / ${floor.cpuUs.toFixed(0)} µs`);
  }
  return results;
}

async function exportOf(aerie, admin) {
  const { url } = database;
  return compareExports(aerie, admin, { url, rows: size.orders, rounds: EXPORT_ROUNDS });
}

async function startMs(start) {
  const times = [];
  for (let i = 0; i < STARTS; i++) {
    const server = await start(database.url);
    times.push(server.startMs);
    await server.stop();
  }
  return median(times);
}

function write(tables) {
  const { rounds, requests, large } = asked;
  const facts = { size, postgres: database.version, rounds, requests, large };
  writeFileSync(new URL('RESULTS.md', import.meta.url), document({ ...facts, ...tables }));
}
