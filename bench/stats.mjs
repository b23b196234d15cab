/** Returns the median, for an even number of values the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Returns the median of each figure over the rounds. All rounds have the same figures. */
export function medians(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((round) => round[name]))]));
}

/** Returns the round with the least CPU time: the one that other programs on the machine disturbed least. */
export function cheapest(rounds) {
  return rounds.reduce((best, round) => (round.cpuUs < best.cpuUs ? round : best));
}

/** Returns a Markdown table. The first row has the names of the columns. */
export function table(rows) {
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `| ${rows[0].map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`, ...body].join('\n');
}

/** Returns `×1.43`, with a mark if the value is over its target. */
export function ratio(value, target) {
  const text = `×${value.toFixed(2)}`;
  return target !== undefined && value > target ? `${text} (over)` : text;
}
