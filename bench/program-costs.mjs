import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { autocannon } from './autocannon.mjs';
import { DATA_DIR } from './servers.mjs';
import { treeUsage } from './tree.mjs';

const REQUESTS = 2000;

/**
 * Sends requests to a server. Returns the CPU µs per request of the server, of PostgreSQL and of the processes `more`,
 * in this order, and the median latency in ms. Throws an Error if a request fails.
 */
export async function programCosts(server, route, ...more) {
  const postmaster = Number(readFileSync(`${DATA_DIR}/postgres/data/postmaster.pid`, 'utf8').split('\n')[0]);
  const usage = () => [server.child.pid, postmaster, ...more].map((pid) => treeUsage(pid).cpuUs);
  const before = usage();
  const requests = server.requestsOf(route);
  const result = await autocannon({ url: server.url, connections: 8, amount: REQUESTS, requests });
  if (result['2xx'] !== REQUESTS) throw new Error(`${route.name} failed ${REQUESTS - result['2xx']} times`);
  await sleep(200); // later writes of PostgreSQL count as well
  return { cpuUs: usage().map((us, i) => (us - before[i]) / REQUESTS), p50: result.latency.p50 };
}
