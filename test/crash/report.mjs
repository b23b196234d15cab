/** Returns the figures and problems of the run as text. */
export function report(problems, { writers, kills, seconds, mailedTwice }) {
  const entries = writers.flatMap(({ ledger }) => ledger);
  const count = (outcome) => entries.filter((entry) => entry.outcome === outcome).length;
  const replays = writers.reduce((sum, writer) => sum + writer.replays, 0);
  return [
    '',
    `${kills.count} kills, ${entries.length} writes in ${seconds.toFixed(0)} s: ${count('acknowledged')} acknowledged, ${count('refused')} refused, ${count('unknown')} unknown, ${replays} replayed`,
    '',
    ...Object.entries(kills.recoveries).map(([kind, times]) => line(`killed: ${kind}`, times)),
    line('jobs of a killed worker, done by another one', kills.redeliveries),
    '',
    ...Object.entries(problems).map(([what, list]) => `${String(list.length).padStart(6)}  ${what}${shown(list)}`),
    `${String(mailedTwice).padStart(6)}  mails delivered twice, with the same Message-ID (allowed: delivery is at least once)`,
    '',
  ].join('\n');
}

function line(what, times) {
  if (times.length === 0) return `${what}: 0`;
  const sorted = times.toSorted((a, b) => a - b);
  const [middle, last] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${what}: ${times.length}, back after ${(middle / 1000).toFixed(2)} s (median), ${(last / 1000).toFixed(2)} s (longest)`;
}

function shown(list) {
  return list.length === 0 ? '' : `, e.g. ${JSON.stringify(list[0]).slice(0, 300)}`;
}
