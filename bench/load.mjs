import autocannon from 'autocannon';
import { medians } from './stats.mjs';

const CONNECTIONS = 20;
const MOST_WARM_ROUNDS = 8;
const STILL_CHEAPER = 0.97;
/** Then the server closes the connection, which autocannon does not take well. */
const PER_CONNECTION = 1000;
/** That a round can have. */
export const MOST_REQUESTS = CONNECTIONS * PER_CONNECTION;

/** One round: so many requests, as fast as the server answers. Requests/s, latencies in ms, CPU in µs per request. */
async function round(server, route, amount) {
  const requests = server.requestsOf(route);
  const before = await server.usage();
  const began = performance.now();
  const result = await autocannon({ url: server.url, connections: CONNECTIONS, amount, requests, sampleInt: 20 });
  const seconds = (performance.now() - began) / 1000;
  const after = await server.usage();
  const answered = result['2xx'] + result['4xx'];
  if (answered !== amount || result.errors > 0) {
    const what = `${amount - answered} of ${amount} requests, ${result.errors} errors`;
    throw new Error(`${server.name} failed on ${route.name}: ${what}`);
  }
  return {
    perSecond: amount / seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuUs: (after.cpuUs - before.cpuUs) / amount,
    rss: after.rss,
  };
}

/** Until its code is compiled: a round is no longer clearly cheaper than the one before. */
async function warm(server, route, amount) {
  let last = Infinity;
  for (let rounds = 0; rounds < MOST_WARM_ROUNDS; rounds++) {
    const { cpuUs } = await round(server, route, amount);
    if (cpuUs > last * STILL_CHEAPER) return;
    last = cpuUs;
  }
}

/**
 * The servers take turns, so that what else the machine does hits them alike, and each begins once: a round is dearer or
 * cheaper for what the one before has left to PostgreSQL. Returns the medians, in the servers' order.
 */
export async function compare(servers, route, { rounds, requests }) {
  const amount = Math.max(200, Math.round(requests * (route.share ?? 1)));
  const figures = servers.map(() => []);
  for (const server of servers) await warm(server, route, amount);
  for (let i = 0; i < rounds; i++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const j = (i + turn) % servers.length;
      figures[j].push(await round(servers[j], route, amount));
    }
  }
  return figures.map(medians);
}

/** Both servers must answer the same bytes under the same status, or their costs cannot be compared. */
export async function assertSameAnswers(servers, route) {
  if (route.writes) return;
  const answers = await Promise.all(
    servers.map(async (server) => {
      const [{ path, ...request }] = server.requestsOf(route);
      const answer = await fetch(server.url + path, request);
      return `${answer.status} ${await answer.text()}`;
    }),
  );
  if (new Set(answers).size > 1) throw new Error(`The answers to ${route.name} differ:\n${answers.join('\n')}`);
}
