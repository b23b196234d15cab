import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compare } from './load.mjs';
import { routes, signIn } from './routes.mjs';
import { freePort, Server } from './servers.mjs';
import { cheapest, table } from './stats.mjs';

const NAMES = ['GET /', 'GET /items/{id}', 'POST /orders'];
const SETTLE_MS = 3000;
const TRACER = fileURLToPath(new URL('tracer.mjs', import.meta.url));
/** A limit that is never reached: the requests are counted. */
const LIMIT = '1000000';

/** The options of the servers: all off, metrics, the rate limit, traces. */
const KINDS = [
  () => ({}),
  async () => ({ env: { METRICS_PORT: String(await freePort()) } }),
  () => ({ env: { REQUESTS_PER_MINUTE: LIMIT } }),
  () => ({ flags: ['--import', TRACER] }),
];

/**
 * Measures what metrics, the rate limit and traces cost: servers with one of them on, servers with all off, and the
 * floor, in turn. The tracer exports nothing. Returns a table with the CPU µs per request of the cheapest round of each
 * kind of server: two processes of one kind differ by more than a feature costs, and so do medians.
 */
export async function features(databaseUrl, size, asked) {
  const servers = [];
  try {
    for (const optionsOf of [...KINDS, ...KINDS]) servers.push(await Server.aerie(databaseUrl, await optionsOf()));
    // The floor comes last: the first server of Aerie creates the queue that both use.
    servers.push(await Server.floor(databaseUrl));
    await sleep(SETTLE_MS);
    await signIn(servers[0], servers.at(-1), ...servers.slice(1, -1));
    const rows = [];
    for (const route of routes(size).filter(({ name }) => NAMES.includes(name))) {
      const results = await compare(servers, route, asked, cheapest);
      const best = KINDS.map((_, i) => cheapest([results[i], results[i + KINDS.length]]).cpuUs);
      rows.push(rowOf(route, results.at(-1).cpuUs, best));
    }
    return table([['CPU µs, the cheapest round', 'floor', 'all off', 'metrics', 'rate limit', 'traces'], ...rows]);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function rowOf({ name }, floor, [off, ...on]) {
  const percent = (cpuUs) => `${cpuUs >= off ? '+' : ''}${((100 * cpuUs) / off - 100).toFixed(1)} %`;
  return [
    `\`${name}\``,
    floor.toFixed(1),
    `${off.toFixed(1)} (×${(off / floor).toFixed(2)})`,
    ...on.map((cpuUs) => `${cpuUs.toFixed(1)} (${percent(cpuUs)})`),
  ];
}
