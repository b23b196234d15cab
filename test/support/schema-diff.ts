import { formsOf, listOf, nodeOf, resolve, same, type Node } from './schema-forms.js';

/** The direction of the values: clients send what the old schema allows, and read what the old schema promises. */
export type Direction = 'request' | 'response';

const LENGTHS = ['Length', 'Items', 'Properties'];
/** Keywords with checks of their own, and those for documentation only. Every other keyword restricts the values. */
const JUDGED = new Set(
  'type enum format properties required additionalProperties items multipleOf readOnly writeOnly default'
    .concat(' minimum exclusiveMinimum maximum exclusiveMaximum minLength maxLength minItems maxItems minProperties')
    .concat(' maxProperties title description example examples deprecated externalDocs xml $comment')
    .split(' '),
);

/**
 * Finds what breaks clients when one schema replaces another. Requests that were valid must stay valid, and responses
 * must match the old schema. A removed field or enum value breaks clients in both directions.
 */
export class SchemaDiff {
  /** Pairs that are being compared: stops the recursion for a schema that contains itself. */
  private readonly open = new Set<string>();

  constructor(
    private readonly before: Node,
    private readonly after: Node,
    private readonly direction: Direction,
    /** Whether values are sent as text, as in parameters and forms: a schema for text then also accepts numbers. */
    private readonly isText = false,
  ) {}

  /** Returns one line per problem. It begins with the place in the schema, like `[].status`. */
  compare(before: unknown, after: unknown, place = ''): string[] {
    const pair = JSON.stringify([before, after]);
    if (this.open.has(pair)) return [];
    this.open.add(pair);
    const found = [...this.defaults(before, after, place), ...this.forms(before, after, place)];
    this.open.delete(pair);
    return [...new Set(found)];
  }

  private defaults(before: unknown, after: unknown, place: string): string[] {
    const [old, now] = [resolve(before, this.before), resolve(after, this.after)];
    if (this.direction === 'response' || !('default' in old)) return [];
    if (same(old['default'], now['default'])) return [];
    return [say(place, `its default was ${show(old['default'])}, is ${show(now['default'])}`)];
  }

  private forms(before: unknown, after: unknown, place: string): string[] {
    const [old, now] = [formsOf(before, this.before), formsOf(after, this.after)];
    const [given, taken] = this.direction === 'request' ? [old, now] : [now, old];
    return given.flatMap((form) => {
      const attempts = taken.map((other) => this.form(form, other, place));
      if (attempts.some((found) => found.length === 0)) return [];
      const index = counterpart(form, given, taken);
      return index === -1 ? [say(place, this.refusal(form))] : attempts[index]!;
    });
  }

  private refusal({ type }: Node): string {
    const form = typeof type === 'string' ? type : 'value';
    if (type === 'null') return this.direction === 'request' ? 'null is no longer accepted' : 'may be null now';
    return this.direction === 'request' ? `the former ${form} is no longer accepted` : `may be a different ${form} now`;
  }

  /** Returns the reasons why values of the form `given` do not fit the form `taken`. */
  private form(given: Node, taken: Node, place: string): string[] {
    const [old, now] = this.direction === 'request' ? [given, taken] : [taken, given];
    if (!isTypeTaken(given['type'], taken['type'], this.isText)) {
      return [say(place, `was ${show(old['type'] ?? 'anything')}, is ${show(now['type'] ?? 'anything')}`)];
    }
    return [
      ...[...values(given, taken, old, now)].map((what) => say(place, what)),
      ...[...bounds(given, taken)].map((keyword) => say(place, differ(keyword, old, now))),
      ...[...constraints(given, taken)].map((keyword) => say(place, differ(keyword, old, now))),
      ...this.fields(old, now, place),
      ...this.required(given, taken, place),
      ...this.others(given, taken, place),
      ...('items' in old || 'items' in now ? this.compare(old['items'] ?? {}, now['items'] ?? {}, `${place}[]`) : []),
    ];
  }

  private fields(old: Node, now: Node, place: string): string[] {
    const after = nodeOf(now['properties']);
    return Object.entries(nodeOf(old['properties'])).flatMap(([name, schema]) => {
      const at = place === '' ? name : `${place}.${name}`;
      if (this.isHidden(schema, this.before)) return [];
      if (!(name in after) || this.isHidden(after[name], this.after)) return [say(at, 'is gone')];
      return this.compare(schema, after[name], at);
    });
  }

  /** Whether the field never occurs: `readOnly` in requests, `writeOnly` in responses. */
  private isHidden(schema: unknown, document: Node): boolean {
    return resolve(schema, document)[this.direction === 'request' ? 'readOnly' : 'writeOnly'] === true;
  }

  private required(given: Node, taken: Node, place: string): string[] {
    const [old, now] = this.direction === 'request' ? [given, taken] : [taken, given];
    const document = this.direction === 'request' ? this.after : this.before;
    const isGone = (name: string) => name in nodeOf(old['properties']) && !(name in nodeOf(now['properties']));
    const missing = listOf(taken['required']).filter(
      (name) =>
        !listOf(given['required']).includes(name) &&
        !isGone(String(name)) &&
        !this.isHidden(nodeOf(taken['properties'])[String(name)], document),
    );
    const what = this.direction === 'request' ? 'must be sent now' : 'may be missing now';
    return missing.map((name) => say(place === '' ? String(name) : `${place}.${String(name)}`, what));
  }

  private others(given: Node, taken: Node, place: string): string[] {
    const [from, to] = [given, taken].map(undeclared);
    if (from === false || to === true) return [];
    if (to === false || from === true) return [say(place, 'the rules for undeclared fields have changed')];
    const [old, now] = this.direction === 'request' ? [from, to] : [to, from];
    return this.compare(old, now, `${place}.*`);
  }
}

function* values(given: Node, taken: Node, old: Node, now: Node): Generator<string> {
  if (taken['enum'] !== undefined && given['enum'] === undefined) yield differ('enum', old, now);
  if (given['enum'] === undefined || taken['enum'] === undefined) return;
  for (const value of without(old['enum'], now['enum'])) yield `the value ${show(value)} is gone`;
  if (given !== old) for (const value of without(now['enum'], old['enum'])) yield `the value ${show(value)} is new`;
}

const without = (values: unknown, others: unknown) =>
  listOf(values).filter((value) => !listOf(others).some((other) => same(value, other)));

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

/** Returns the rule for undeclared fields. An empty schema allows everything. */
function undeclared({ additionalProperties: rule = true }: Node): unknown {
  return same(rule, {}) ? true : rule;
}

function isTypeTaken(given: unknown, taken: unknown, isText: boolean): boolean {
  if (taken === undefined || given === taken) return true;
  if (taken === 'number') return given === 'integer';
  return isText && taken === 'string' && ['integer', 'number', 'boolean'].includes(String(given));
}

const isReal = ({ type }: Node) => type !== 'null';

/** Returns the index of the form that replaced another, or -1 if it is not clear which one did. */
function counterpart(form: Node, given: readonly Node[], taken: readonly Node[]): number {
  if (form['type'] === 'null') return -1;
  const isOfType = ({ type }: Node) => type === form['type'];
  const isLike = [isOfType, isReal].find((like) => given.filter(like).length === 1 && taken.filter(like).length === 1);
  return isLike ? taken.findIndex(isLike) : -1;
}

/** Returns a bound, which is infinite if the schema has none. `isOpen`: the bound itself is excluded. */
function bound(schema: Node, side: 'Minimum' | 'Maximum') {
  const sign = side === 'Minimum' ? 1 : -1;
  const closed = sign * numberOr(schema[side.toLowerCase()], -sign * Infinity);
  const open = sign * numberOr(schema[`exclusive${side}`], -sign * Infinity);
  return { value: Math.max(closed, open), isOpen: open >= closed && open > -Infinity };
}

/** Yields the keywords by which the form `given` allows more than `taken`. */
function* bounds(given: Node, taken: Node): Generator<string> {
  for (const side of ['Minimum', 'Maximum'] as const) {
    const [from, to] = [bound(given, side), bound(taken, side)];
    const isWider = from.value < to.value || (from.value === to.value && to.isOpen && !from.isOpen);
    if (isWider) yield to.isOpen ? `exclusive${side}` : side.toLowerCase();
  }
  for (const name of LENGTHS) {
    if (numberOr(given[`min${name}`], 0) < numberOr(taken[`min${name}`], 0)) yield `min${name}`;
    if (numberOr(given[`max${name}`], Infinity) > numberOr(taken[`max${name}`], Infinity)) yield `max${name}`;
  }
}

function* constraints(given: Node, taken: Node): Generator<string> {
  const step = taken['multipleOf'];
  if (step !== undefined && Number(given['multipleOf']) % Number(step) !== 0) yield 'multipleOf';
  const format = taken['format'];
  const isFloat = given['format'] === 'float' && format === 'double';
  const isMail = given['format'] === 'email' && format === 'idn-email';
  const fits = given['format'] === format || isFloat || isMail;
  if (format !== undefined && format !== 'password' && !fits) yield 'format';
  for (const [keyword, value] of Object.entries(taken)) {
    const isJudged = JUDGED.has(keyword) || keyword.startsWith('x-') || (value === false && keyword === 'uniqueItems');
    if (!isJudged && !same(given[keyword], value)) yield keyword;
  }
}

const differ = (keyword: string, old: Node, now: Node) =>
  `${keyword} was ${show(old[keyword])}, is ${show(now[keyword])}`;
const say = (place: string, what: string) => (place === '' ? what : `${place}: ${what}`);
const show = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value));
