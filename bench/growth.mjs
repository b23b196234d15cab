// Estimates how much one PostgreSQL can carry. Measures what requests cost Aerie and PostgreSQL at 100,000 and at
// 1,000,000 orders, and extrapolates to 10, 100 and 1,000 times as many. Usage: npm exec -c 'node bench/growth.mjs'. The
// table is in docs/scaling.md.
import pg from 'pg';
import { SIZES } from './data.mjs';
import { openDatabase, openPostgres } from './database.mjs';
import { programCosts } from './program-costs.mjs';
import { routes, signIn } from './routes.mjs';
import { DATA_DIR, Server } from './servers.mjs';

/** Assumptions: which requests people send, how many, and how much higher the peak is than the average. */
const MIX = { 'GET /items/{id}': 0.5, 'GET /orders, page 1': 0.25, 'GET /profile': 0.15, 'POST /orders': 0.1 };
const REQUESTS_PER_ACCOUNT_AND_DAY = 20;
const PEAK = 5;
/** The highest use of a processor that still answers in time. */
const BUSY = 0.5;

const ROUNDS = 3;
const FACTORS = [1, 10, 100, 1000];
const TABLES = `select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;

const postgres = await openPostgres(DATA_DIR);
try {
  const [small, large] = [await measured('medium'), await measured('large')];
  console.log(costs(small, large));
  console.log(growth(small, large));
} finally {
  await postgres.release();
}

/** Returns the CPU µs of Aerie and PostgreSQL for each route, and the bytes of all tables with their indexes. */
async function measured(scale) {
  const size = SIZES[scale];
  const { url } = await openDatabase(postgres, `bench_${scale}`, size);
  const bytes = await bytesOf(url);
  const aerie = await Server.aerie(url);
  try {
    await signIn(aerie);
    const wanted = routes(size).filter(({ name }) => name in MIX);
    const cpu = new Map();
    for (const route of wanted) cpu.set(route.name, await cheapest(aerie, route));
    return { size, bytes, cpu };
  } finally {
    await aerie.stop();
  }
}

async function bytesOf(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(TABLES)).rows[0].bytes;
  } finally {
    await client.end();
  }
}

/** Returns the cheapest of some rounds, after one warm-up round. Other work on the machine only adds costs. */
async function cheapest(server, route) {
  const rounds = [];
  for (let i = 0; i <= ROUNDS; i++) rounds.push(await round(server, route));
  const least = (program) => Math.min(...rounds.slice(1).map((one) => one[program]));
  return { aerie: least('aerie'), postgres: least('postgres') };
}

async function round(server, route) {
  const [aerie, database] = (await programCosts(server, route)).cpuUs;
  return { aerie, postgres: database };
}

function costs(small, large) {
  const rows = Object.keys(MIX).map((name) => {
    const [one, ten] = [small.cpu.get(name), large.cpu.get(name)];
    const cells = [one.aerie, ten.aerie, one.postgres, ten.postgres].map((us) => us.toFixed(0));
    return `| \`${name}\` | ${cells.join(' | ')} |`;
  });
  return [
    '| request | Aerie µs, 100,000 orders | 1,000,000 | PostgreSQL µs, 100,000 orders | 1,000,000 |',
    '|---|---:|---:|---:|---:|',
    ...rows,
    '',
  ].join('\n');
}

/**
 * Returns the table of the extrapolation. Each factor of 10 adds the same cost as the one before, because indexes grow
 * by levels. Bytes grow in proportion to the rows.
 */
function growth(small, large) {
  const mean = ({ cpu }, program) =>
    Object.entries(MIX).reduce((sum, [name, share]) => sum + share * cpu.get(name)[program], 0);
  const costAt = (factor, program) => {
    const more = Math.max(0, mean(large, program) - mean(small, program));
    return mean(large, program) + more * Math.log10(factor);
  };
  const lines = FACTORS.map((factor) => {
    const accounts = large.size.users * factor;
    const peak = (accounts * REQUESTS_PER_ACCOUNT_AND_DAY * PEAK) / 86_400;
    const cores = (program) => (peak * costAt(factor, program)) / 1e6 / BUSY;
    const cells = [
      `×${factor}`,
      accounts.toLocaleString('en'),
      (large.size.orders * factor).toLocaleString('en'),
      `${((large.bytes * factor) / 2 ** 30).toFixed(1)} GiB`,
      Math.round(peak).toLocaleString('en'),
      Math.round(peak * MIX['POST /orders']).toLocaleString('en'),
      cores('aerie').toFixed(2),
      cores('postgres').toFixed(2),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| data | accounts | orders | tables and indexes | requests/s at the peak | orders/s at the peak | processors for Aerie | for PostgreSQL |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}
