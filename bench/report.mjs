import { cpus, totalmem } from 'node:os';
import { SECONDS as OUTSIDE_SECONDS } from './outside.mjs';
import { CONNECTIONS, KNEE_CONNECTIONS, SECONDS } from './overload.mjs';
import { ratio, table } from './stats.mjs';

const MIB = 1024 * 1024;
const mib = (bytes) => `${Math.round(bytes / MIB)} MiB`;

/** The headings of the sections of RESULTS.md. */
export const COSTS = '## What a request costs';
export const UNDER_LOAD = '## Under load';
export const FROM_OUTSIDE = '## From outside';

const INTRODUCTION = `# Results of the benchmark

Written by \`npm run bench\`, each section by its own command. FINDINGS.md explains the results.
`;

/**
 * Returns a table with one row per route: Aerie and the floor, the ratio of their costs, and the ratio for another
 * Aerie.
 */
export function routesTable(results) {
  const other = results.some((result) => result.other);
  const head = ['route', 'req/s', 'p50 ms', 'p99 ms', 'CPU µs', "floor's req/s", "floor's CPU µs", 'ratio', 'target'];
  const rows = results.map((result) => [...rowOf(result), ...(other ? otherCells(result) : [])]);
  return table([[...head, ...(other ? ['before: CPU µs', 'ratio', 'now / before'] : [])], ...rows]);
}

const rowOf = ({ route: { name, target }, aerie, floor }) => [
  `\`${name}\``,
  aerie.perSecond.toFixed(0),
  aerie.p50.toFixed(1),
  aerie.p99.toFixed(1),
  aerie.cpuUs.toFixed(0),
  floor.perSecond.toFixed(0),
  floor.cpuUs.toFixed(0),
  ratio(aerie.cpuUs / floor.cpuUs, target),
  target === undefined ? '' : `≤ ${target.toFixed(1)}`,
];

const otherCells = ({ aerie, floor, other }) => [
  other.cpuUs.toFixed(0),
  ratio(other.cpuUs / floor.cpuUs),
  `${((100 * aerie.cpuUs) / other.cpuUs).toFixed(0)} %`,
];

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

/** Describes the machine, the versions and the data of a measurement, and the command that repeats it. */
export function conditions({ size, postgres, command }) {
  const [{ model }] = cpus();
  const rows = Object.entries(size).map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
  return `\`${command}\` on ${cpus().length} × ${model.trim()}, ${mib(totalmem())}; ${process.platform} ${process.arch}; Node
${process.version}; PostgreSQL ${postgres}; ${rows.join(', ')}.`;
}

export function costsReport({ rounds, requests, routes, others }) {
  return `CPU µs: user and system time of the server's process per request, the median of ${rounds} rounds of ${requests} requests over 20
connections, the servers in turn. The floor is \`bench/floor.mjs\`: node:http and pg with prepared statements, the same rows
and the same bytes. Requests per second are those of one process that shares the machine with PostgreSQL and the load.

${routes}

${others}`;
}

/** Returns a table for each kind of request, with a row for each rate in multiples of the knee. */
export function overloadReport(results) {
  return `Requests come at a constant rate, however slow the responses are (\`bench/arrivals.mjs\`), from ${CONNECTIONS} clients that each wait for their
response, for ${SECONDS} seconds. The knee: responses per second to ${KNEE_CONNECTIONS} clients that never pause. Goodput: responses within a second.
Not sent: all clients were waiting. p50 and p99: time from the request to its response. CPU: of the one process.

${results.map(loadTable).join('\n\n')}`;
}

function loadTable({ name, knee, steps }) {
  const best = Math.max(...steps.map(({ goodput }) => goodput));
  const head = ['per second', 'offered', 'goodput', 'of the best', '503', 'not sent', 'failed', 'p50 ms', 'p99 ms'];
  const rows = steps.map((step) => [
    `${step.times} × the knee`,
    ...[step.offered, step.goodput].map((number) => number.toFixed(0)),
    `${((100 * step.goodput) / best).toFixed(0)} %`,
    ...[step.refused, step.unsent, step.failed].map((number) => number.toFixed(0)),
    ...[step.p50, step.p99].map((ms) => ms.toFixed(0)),
    step.health,
    mib(step.rss),
    `${((100 * step.cpu) / SECONDS).toFixed(0)} %`,
  ]);
  return `\`${name}\`, the knee at ${knee.toFixed(0)}/s (targets at ten times the knee: 85 % of the best, p99 ≤ 1000 ms):

${table([[...head, 'health', 'memory', 'CPU'], ...rows])}`;
}

/** Returns a table with the cold and warm costs of the whole process tree, and its memory. */
export function outsideReport({ tool, results }) {
  const head = [
    'route',
    'cold: CPU µs',
    "floor's",
    'ratio',
    'warm: CPU µs',
    "floor's",
    'ratio',
    'idle',
    'loaded',
    "floor's",
  ];
  const rows = results.map(({ route: { name }, aerie, floor }) => [
    `\`${name}\``,
    ...['cold', 'warm'].flatMap((when) => [
      aerie[when].toFixed(0),
      floor[when].toFixed(0),
      ratio(aerie[when] / floor[when]),
    ]),
    ...[aerie.idle, aerie.loaded, floor.loaded].map(({ memory }) => mib(memory)),
  ]);
  return `Aerie as \`npm start\` starts it, and the floor without a check of tokens. CPU: user and system time of all processes per request, by
\`/proc\`, under ${tool} with 20 connections. Cold: the first ${OUTSIDE_SECONDS} seconds after the first answer; warm: ${OUTSIDE_SECONDS} seconds, ${OUTSIDE_SECONDS} seconds later.
Memory: of all processes (npm, its shell, the server), shared pages counted once; idle is at the first answer.

${table([head, ...rows])}`;
}

/** Returns the file with the section in place of the one with the same heading, or after the others. */
export function withSection(file, heading, text) {
  const sections = file.split(/^(?=## )/m).slice(1);
  const section = `${heading}\n\n${text}\n`;
  const at = sections.findIndex((one) => one.startsWith(`${heading}\n`));
  const all = at < 0 ? [...sections, section] : sections.with(at, section);
  return (
    [INTRODUCTION, ...all.map((one) => one.trim())]
      .join('\n')
      .replaceAll('\n## ', '\n\n## ')
      .replaceAll(/\n{3,}/g, '\n\n') + '\n'
  );
}
