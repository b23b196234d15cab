import { spawnSync } from 'node:child_process';

/** One line of Prometheus' text format. */
export interface Sample {
  /** Includes the suffix of a histogram's series. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const HEAD = /^# HELP ([a-z_:][a-z0-9_:]*) (\S.*)\n# TYPE (\S+) (counter|gauge|histogram)$/i;
const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gi;
/** Units that names must not use: Prometheus' base units are seconds and bytes. */
const OTHER_UNITS = /_(?:milliseconds|ms|minutes|hours|kilobytes|megabytes|percent)(?:_|$)/;

/**
 * Parses Prometheus' text format (0.0.4) as strictly as `promtool check metrics`. Throws on an invalid line, a
 * duplicate family or series, a histogram whose buckets do not add up, or a name that breaks the conventions.
 */
export function parseMetrics(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end with a line feed');
  const families = new Map<string, Family>();
  for (const block of text.trim().split(/\n+(?=# HELP )/)) {
    const family = parseFamily(block.trim());
    if (families.has(family.name)) throw new Error(`${family.name} occurs twice`);
    families.set(family.name, family);
  }
  return families;
}

/** Returns promtool's complaints. Returns an empty string if promtool is not installed. */
export function promtoolSays(text: string): string {
  const { error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return error ? '' : stdout + stderr;
}

/** Returns the sum of all series of this name that have these labels. */
export function sumOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number {
  const samples = [...families.values()].flatMap((family) => family.samples);
  return samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([of, value]) => sample.labels[of] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** Returns the values of all series that must never decrease, by name and labels. */
export function risingOf(families: ReadonlyMap<string, Family>): Map<string, number> {
  const rising = [...families.values()].filter(({ type }) => type !== 'gauge').flatMap(({ samples }) => samples);
  return new Map(rising.map((sample) => [keyOf(sample), sample.value]));
}

function parseFamily(block: string): Family {
  const [first = '', second = '', ...lines] = block.split('\n');
  const [, name, help, again, type] = HEAD.exec(`${first}\n${second}`) ?? [];
  if (name === undefined || name !== again) throw new Error(`Missing HELP or TYPE: ${first}`);
  const family = { name, help: help!, type: type!, samples: lines.map(parseSample) };
  checkName(family);
  checkSamples(family);
  return family;
}

function parseSample(line: string): Sample {
  const [, name, list = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`Invalid sample: ${line}`);
  const found = [...list.matchAll(LABEL)];
  if (found.map(([whole]) => whole).join('') !== list) throw new Error(`Invalid labels: ${line}`);
  const labels = Object.fromEntries(found.map(([, of, text]) => [of!, text!]));
  if (Object.keys(labels).length !== found.length) throw new Error(`Duplicate label: ${line}`);
  return { name, labels, value: Number(value!.replace('Inf', 'Infinity')) };
}

function checkName({ name, type }: Family): void {
  const isGood =
    name.endsWith('_total') === (type === 'counter') &&
    !/_(?:count|sum|bucket)$/.test(name) &&
    !OTHER_UNITS.test(name) &&
    name === name.toLowerCase();
  if (!isGood) throw new Error(`${name} is not a valid name for a ${type}`);
}

function checkSamples({ name, type, samples }: Family): void {
  const allowed = type === 'histogram' ? ['bucket', 'sum', 'count'].map((suffix) => `${name}_${suffix}`) : [name];
  const seen = new Set<string>();
  for (const sample of samples) {
    if (!allowed.includes(sample.name)) throw new Error(`${sample.name} does not belong to ${name}`);
    if (seen.has(keyOf(sample))) throw new Error(`${keyOf(sample)} occurs twice`);
    seen.add(keyOf(sample));
  }
  if (type === 'histogram') checkBuckets(name, samples);
}

function checkBuckets(name: string, samples: readonly Sample[]): void {
  for (const { labels, value: count } of samples.filter((one) => one.name === `${name}_count`)) {
    const buckets = samples.filter(
      (one) =>
        one.name === `${name}_bucket` && keyOf({ ...one, labels: without(one.labels) }) === keyOf({ ...one, labels }),
    );
    const sorted = buckets.toSorted((a, b) => boundOf(a) - boundOf(b)).map(({ value }) => value);
    const rises = sorted.every((value, i) => i === 0 || value >= sorted[i - 1]!);
    if (!rises || sorted.at(-1) !== count) throw new Error(`The buckets of ${name} do not add up`);
  }
}

const boundOf = ({ labels }: Sample) => Number(labels['le']!.replace('Inf', 'Infinity'));

function without({ le: _le, ...labels }: Readonly<Record<string, string>>): Record<string, string> {
  return labels;
}

function keyOf({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b));
  return `${name}${JSON.stringify(sorted)}`;
}
