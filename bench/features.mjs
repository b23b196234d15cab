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

/**
 * Measures what metrics, the rate limit and traces cost: servers with one of them on, one with all off, and the floor,
 * in turn. The tracer exports nothing. Returns a table with the CPU µs per request of each server's cheapest round: the
 * differences are smaller than the noise of medians.
 */
export async function features(databaseUrl, size, asked) {
  const servers = [];
  try {
    for (const options of [
      {},
      { env: { METRICS_PORT: String(await freePort()) } },
      { env: { REQUESTS_PER_MINUTE: LIMIT } },
      { flags: ['--import', TRACER] },
    ]) {
      servers.push(await Server.aerie(databaseUrl, options));
    }
    const [off, ...on] = servers;
    // The floor comes last: the first server of Aerie creates the queue that both use.
    const floor = await Server.floor(databaseUrl);
    servers.unshift(floor);
    await sleep(SETTLE_MS);
    await signIn(off, floor, ...on);
    const rows = [];
    for (const route of routes(size).filter(({ name }) => NAMES.includes(name))) {
      rows.push(rowOf(route, await compare(servers, route, asked, cheapest)));
    }
    return table([['CPU µs, the cheapest round', 'floor', 'all off', 'metrics', 'rate limit', 'traces'], ...rows]);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function rowOf({ name }, [floor, off, ...on]) {
  const percent = (cpuUs) => `${cpuUs >= off.cpuUs ? '+' : ''}${((100 * cpuUs) / off.cpuUs - 100).toFixed(1)} %`;
  return [
    `\`${name}\``,
    floor.cpuUs.toFixed(1),
    `${off.cpuUs.toFixed(1)} (×${(off.cpuUs / floor.cpuUs).toFixed(2)})`,
    ...on.map(({ cpuUs }) => `${cpuUs.toFixed(1)} (${percent(cpuUs)})`),
  ];
}
