import { autocannon } from './autocannon.mjs';
import { medians } from './stats.mjs';

const CONNECTIONS = 20;
const MOST_WARM_ROUNDS = 16;
const STILL_CHEAPER = 0.97;
/**
 * The number of successive rounds that must not be cheaper. V8 compiles and discards code for tens of thousands of
 * requests.
 */
const LEVEL_ROUNDS = 3;
/** The server closes a connection after this many requests, which autocannon does not handle well. */
const PER_CONNECTION = 1000;
/** The most requests that a round can have. */
export const MOST_REQUESTS = CONNECTIONS * PER_CONNECTION;

/**
 * Runs one round: `amount` requests, as fast as the server answers. Returns requests/s, latencies in ms, and CPU µs per
 * request. Throws an Error if a request fails.
 */
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

/**
 * Sends requests until the code is compiled, which is when rounds are no longer clearly cheaper than the cheapest one.
 */
async function warm(server, route, amount) {
  let [cheapest, level] = [Infinity, 0];
  for (let rounds = 0; rounds < MOST_WARM_ROUNDS && level < LEVEL_ROUNDS; rounds++) {
    const { cpuUs } = await round(server, route, amount);
    level = cpuUs > cheapest * STILL_CHEAPER ? level + 1 : 0;
    cheapest = Math.min(cheapest, cpuUs);
  }
}

/**
 * Measures servers in turn, so that other work on the machine affects all of them alike. The first server and the
 * direction change from round to round, because a round costs more or less depending on the server before it. Returns
 * what `summary` makes of the rounds, in the order of the servers.
 */
export async function compare(servers, route, { rounds, requests }, summary = medians) {
  const amount = Math.max(200, Math.round(requests * (route.share ?? 1)));
  const figures = servers.map(() => []);
  for (const server of servers) await warm(server, route, amount);
  for (let i = 0; i < rounds; i++) {
    const start = Math.floor(i / 2) % servers.length;
    const order = [...servers.keys()].map((turn) => (start + turn) % servers.length);
    for (const j of i % 2 === 0 ? order : order.reverse()) figures[j].push(await round(servers[j], route, amount));
  }
  return figures.map(summary);
}

/**
 * Checks that both servers answer with the same status and bytes. Otherwise their costs cannot be compared. Throws an
 * Error if they differ.
 */
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
