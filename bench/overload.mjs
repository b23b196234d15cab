import { autocannon } from './autocannon.mjs';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { routes, signIn } from './routes.mjs';
import { Server } from './servers.mjs';

const ARRIVALS = fileURLToPath(new URL('arrivals.mjs', import.meta.url));

const SHAPES = ['GET /items/{id}', 'POST /orders'];
const TIMES = [0.5, 1, 2, 5, 10];
/** Clients that send requests at the same time. */
export const CONNECTIONS = 1000;
export const SECONDS = 6;
const KNEE_SECONDS = 4;
export const KNEE_CONNECTIONS = 32;
const LOOK_MS = 250;
/** A later response counts as useless. */
const IN_TIME_MS = 1000;

/**
 * Measures one Aerie under more load than it can handle. Returns for each kind of request its knee and the results for
 * each rate.
 */
export async function overload(databaseUrl, size) {
  const server = await Server.aerie(databaseUrl);
  try {
    await signIn(server);
    const results = [];
    for (const shape of SHAPES) {
      const route = routes(size).find(({ name }) => name === shape);
      const requests = server.requestsOf(route);
      const knee = await kneeOf(server, requests);
      console.error(`${shape}: the knee is at ${knee.toFixed(0)} requests/s`);
      const steps = [];
      for (const times of TIMES) steps.push(await step(server, requests, times, knee * times));
      results.push({ name: shape, knee, steps });
    }
    return results;
  } finally {
    await server.stop();
  }
}

/** Returns the most responses per second for clients that send the next request as soon as they have a response. */
async function kneeOf({ url }, requests) {
  const drive = (duration) => autocannon({ url, connections: KNEE_CONNECTIONS, duration, requests, sampleInt: 100 });
  await drive(2); // warm
  const { '2xx': good, duration } = await drive(KNEE_SECONDS);
  return good / duration;
}

async function step(server, requests, times, rate) {
  const watch = watchOver(server);
  const order = { url: server.url, requests: requests.map(bytesOf), rate, seconds: SECONDS, connections: CONNECTIONS };
  const { offered, unsent, lost, statuses, latencies } = await arrivals(order);
  const inTime = latencies.filter((ms) => ms <= IN_TIME_MS).length;
  const sorted = Float64Array.from(latencies).sort();
  const perSecond = (count) => count / SECONDS;
  const others = Object.entries(statuses).filter(([status]) => status >= 300 && status !== '503');
  const figures = {
    times,
    offered: perSecond(offered),
    goodput: perSecond(inTime),
    refused: perSecond(statuses[503] ?? 0),
    unsent: perSecond(unsent),
    failed: lost + others.reduce((sum, [, count]) => sum + count, 0),
    p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    ...(await watch.end()),
  };
  console.error(`  ${times} times: ${figures.goodput.toFixed(0)} in time per second`);
  return figures;
}

/** Records memory and health during the load. `end` also returns the CPU seconds that the server has used. */
function watchOver(server) {
  const health = { asked: 0, good: 0 };
  let rss = 0;
  const look = async () => {
    health.asked++;
    rss = Math.max(rss, (await server.usage()).rss);
    const { ok } = await fetch(`${server.url}/health/live`);
    if (ok) health.good++;
  };
  const looks = [];
  const timer = setInterval(() => looks.push(look()), LOOK_MS);
  const before = server.usage();
  return {
    async end() {
      clearInterval(timer);
      await Promise.all(looks);
      const cpu = ((await server.usage()).cpuUs - (await before).cpuUs) / 1e6;
      return { rss, health: `${health.good}/${health.asked}`, cpu };
    },
  };
}

/** Sends the requests from a separate process, which a slow server cannot slow down. */
export async function arrivals(order) {
  const child = fork(ARRIVALS);
  child.send(order);
  const [result] = await once(child, 'message');
  return result;
}

export function bytesOf({ method = 'GET', path, headers = {}, body = '' }) {
  const fields = {
    host: 'localhost',
    ...headers,
    ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
