import { cpus, totalmem } from 'node:os';
import { ratio, table } from './stats.mjs';

const MIB = 1024 * 1024;
const mib = (bytes) => `${Math.round(bytes / MIB)} MiB`;

/** One row per route: Aerie beside the floor, and the ratio of what a request costs them. */
export function routesTable(results) {
  const head = ['route', 'req/s', 'p50 ms', 'p99 ms', 'CPU µs', "floor's req/s", "floor's CPU µs", 'ratio', 'target'];
  const rows = results.map(({ route: { name, target }, aerie, floor }) => [
    `\`${name}\``,
    aerie.perSecond.toFixed(0),
    aerie.p50.toFixed(1),
    aerie.p99.toFixed(1),
    aerie.cpuUs.toFixed(0),
    floor.perSecond.toFixed(0),
    floor.cpuUs.toFixed(0),
    ratio(aerie.cpuUs / floor.cpuUs, target),
    target === undefined ? '' : `≤ ${target.toFixed(1)}`,
  ]);
  return table([head, ...rows]);
}

export function othersTable({ exported, start, idle, loaded, near, far }) {
  const share = `${(100 * exported.share).toFixed(0)} %${exported.share < 0.8 ? ' (under)' : ''}`;
  const thousand = (rows) => `${(rows / 1000).toFixed(0)},000 rows/s`;
  return table([
    ['', 'Aerie', 'floor', 'ratio', 'target'],
    [
      '`GET /export`',
      thousand(exported.aerie),
      `${thousand(exported.copy)} (COPY by ${exported.tool})`,
      share,
      '≥ 80 %',
    ],
    [
      'far page of orders by its link / page 1, CPU',
      `${far.toFixed(0)} / ${near.toFixed(0)} µs`,
      '',
      ratio(far / near, 1.1),
      '≤ 1.1',
    ],
    ['start to first answer', `${start.aerie.toFixed(0)} ms`, `${start.floor.toFixed(0)} ms`, '', ''],
    ['memory idle', mib(idle.aerie), mib(idle.floor), idle.aerie > 130 * MIB ? '(over)' : '', '≤ 130 MiB'],
    ['memory under load, highest', mib(loaded.aerie), mib(loaded.floor), '', ''],
  ]);
}

/** The whole file: where and on what it was measured, and how to do it again. */
export function document({ size, postgres, rounds, requests, routes, others, large }) {
  const [{ model }] = cpus();
  return `# Results of the benchmark

Written by \`npm run bench${large ? ' -- --large' : ''}\`. CPU µs: user and system time of the server's process per request, the median of ${rounds} rounds
of ${requests} requests over 20 connections, the two servers in turn. The floor is \`bench/floor.mjs\`: node:http and pg with prepared statements, the same
rows and the same bytes. Requests per second are those of one process that shares the machine with PostgreSQL and the load.

- Machine: ${cpus().length} × ${model.trim()}, ${mib(totalmem())}; ${process.platform} ${process.arch}; Node ${process.version}; PostgreSQL ${postgres}
- Rows: ${Object.entries(size)
    .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
    .join(', ')}

${routes}

${others}
`;
}
