// Measures Aerie and its floor, and writes RESULTS.md. `npm run bench -- --help` lists the options.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { autocannonFile } from './autocannon.mjs';
import { SIZES } from './data.mjs';
import { openDatabase, openPostgres } from './database.mjs';
import { compareExports } from './export.mjs';
import { features } from './features.mjs';
import { assertSameAnswers, compare } from './load.mjs';
import { options } from './options.mjs';
import { mixed } from './mixed.mjs';
import { outside } from './outside.mjs';
import { overload } from './overload.mjs';
import { profile } from './profile.mjs';
import {
  conditions,
  COSTS,
  costsReport,
  FROM_OUTSIDE,
  othersTable,
  outsideReport,
  overloadReport,
  routesTable,
  UNDER_LOAD,
  withSection,
} from './report.mjs';
import { routes, signIn } from './routes.mjs';
import { DATA_DIR, Server } from './servers.mjs';
import { sizing } from './sizing.mjs';
import { median } from './stats.mjs';
import { transfers } from './transfers.mjs';

const STARTS = 3;
const SETTLE_MS = 3000;
const EXPORT_ROUNDS = 3;
const RESULTS = new URL('RESULTS.md', import.meta.url);

const asked = options(process.argv);
autocannonFile(); // if it is missing, nothing is started
const scale = asked.huge ? 'huge' : asked.large ? 'large' : 'medium';
const size = SIZES[scale];
const postgres = await openPostgres(DATA_DIR);
const database = await openDatabase(postgres, `bench_${scale}`, size);
try {
  if (asked.profile) console.log(await profile(database.url, size, asked));
  else if (asked.overload) keep(UNDER_LOAD, overloadReport(await overload(database.url, size)));
  else if (asked.outside) keep(FROM_OUTSIDE, outsideReport(await outside(database.url)));
  else if (asked.transfers) await measureTransfers();
  else if (asked.features) console.log(await features(database.url, size, asked));
  else if (asked.sizing) console.log(await sizing(database.url, size));
  else if (asked.mixed) console.log(await mixed(database.url, size));
  else await measure();
} finally {
  await postgres.release();
}

async function measureTransfers() {
  const aerie = await Server.aerie(database.url);
  try {
    await sleep(SETTLE_MS);
    await signIn(aerie);
    console.log(await transfers(aerie, aerie.tokens.admin, { url: database.url, rows: size.orders }));
  } finally {
    await aerie.stop();
  }
}

async function measure() {
  const start = { aerie: await startMs(Server.aerie), floor: await startMs(Server.floor) };
  const [floor, aerie] = [await Server.floor(database.url), await Server.aerie(database.url)];
  const servers = [floor, aerie];
  try {
    if (asked.against) servers.push(await startOther());
    await sleep(SETTLE_MS);
    const [floorIdle, aerieIdle] = await Promise.all(servers.map(async (server) => (await server.usage()).rss));
    await signIn(aerie, floor);
    const results = await measureRoutes(servers, routes(size).filter(isWanted));
    if (asked.routes) return console.log(routesTable(results));
    const highest = (name) => Math.max(...results.map((result) => result[name].rss));
    const cpuOf = (start) => results.find(({ route: { name } }) => name.startsWith(start)).aerie.cpuUs;
    const others = othersTable({
      exported: await exportOf(aerie),
      start,
      idle: { aerie: aerieIdle, floor: floorIdle },
      loaded: { aerie: highest('aerie'), floor: highest('floor') },
      near: cpuOf('GET /orders, page 1'),
      far: cpuOf(`GET /orders, page ${size.orders / 20}`),
    });
    keep(COSTS, costsReport({ rounds: asked.rounds, requests: asked.requests, routes: routesTable(results), others }));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** Starts another checkout, with the same rows in a database with its own schema. */
async function startOther() {
  const checkout = resolve(asked.against);
  const { url } = await openDatabase(postgres, `bench_${scale}_other`, size, checkout);
  const other = await Server.aerie(url, { checkout });
  await signIn(other);
  return other;
}

function isWanted({ name }) {
  return asked.routes?.some((word) => name.includes(word)) ?? true;
}

async function measureRoutes(servers, wanted) {
  const results = [];
  for (const route of wanted) {
    await assertSameAnswers(servers.slice(0, 2), route);
    const [floor, aerie, other] = await compare(servers, route, asked);
    results.push({ route, floor, aerie, other });
    console.error(`${route.name}: ${aerie.cpuUs.toFixed(0)} / ${floor.cpuUs.toFixed(0)} µs`);
  }
  return results;
}

async function exportOf(aerie) {
  return compareExports(aerie, aerie.tokens.admin, { url: database.url, rows: size.orders, rounds: EXPORT_ROUNDS });
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

/** Prints a report, and replaces the section of RESULTS.md with the same heading. */
function keep(heading, report) {
  console.log(report);
  if (!asked.write) return;
  const flags = process.argv.slice(2).map((flag) => (flag === asked.against ? basename(flag) : flag));
  const facts = { size, postgres: database.version, command: ['npm run bench --', ...flags].join(' ') };
  const old = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '';
  writeFileSync(RESULTS, withSection(old, heading, `${conditions(facts)}\n\n${report}`));
}
