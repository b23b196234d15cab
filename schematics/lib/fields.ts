import { wordsOf } from './names.ts';
import { Refusal } from './refusal.ts';
import { whyNoField } from './reserved.ts';

/** A resource that rows can refer to. */
export interface Target {
  readonly Class: string;
  readonly table: string;
  readonly folder: string;
  /** The path of the entity's file. */
  readonly file: string;
  /** The error for an id that does not exist, and the file that exports it. */
  readonly notFound: { readonly name: string; readonly file: string } | undefined;
  /** Whether each row belongs to the account that created it. */
  readonly owned: boolean;
}

export const KINDS = [
  'string',
  'text',
  'email',
  'url',
  'uuid',
  'int',
  'cents',
  'boolean',
  'date',
  'datetime',
  'enum',
  'list',
  'map',
] as const;
export type Kind = (typeof KINDS)[number] | 'relation';

export interface Field {
  /** The name of the column and of the property in JSON. */
  readonly name: string;
  readonly kind: Kind;
  readonly nullable: boolean;
  readonly unique: boolean;
  readonly fallback: string | number | boolean | undefined;
  readonly min: number;
  readonly max: number;
  readonly choices: readonly string[];
  readonly target: Target | undefined;
}

const FORM = /^([^:]+):([a-z][a-z0-9-]*)(?:\(([^()]*)\))?(\?)?(:unique)?(?:=(.*))?$/s;

const MAX_INT = 2_147_483_647;
const TRILLION = 1_000_000_000_000;
/** The bounds of a kind: the default ones and the widest ones. */
const BOUNDS: Partial<Record<Kind, readonly [from: number, to: number, least: number, most: number]>> = {
  string: [1, 200, 1, 1000],
  text: [0, 5000, 0, 20_000],
  int: [0, MAX_INT, -MAX_INT, MAX_INT],
  cents: [0, TRILLION, -TRILLION, TRILLION],
  list: [0, 100, 0, 1000],
};

/** Kinds whose bounds may be equal. */
const HAS_LENGTH: ReadonlySet<Kind> = new Set<Kind>(['string', 'text', 'list']);
const UNIQUE: ReadonlySet<Kind> = new Set<Kind>(['string', 'email', 'url', 'uuid', 'int']);
const WITH_DEFAULT: ReadonlySet<Kind> = new Set<Kind>(['string', 'text', 'int', 'cents', 'boolean', 'enum']);
/** The smallest upper bound or range of a unique field, because the tests need many different values. */
const LEAST_UNIQUE: Partial<Record<Kind, number>> = { string: 12, int: 1_000_000 };
/** The most characters of a unique text. Each takes up to 4 bytes, and an entry of an index up to 2,704. */
export const MOST_UNIQUE = 600;

/**
 * Parses a field such as `name:string(2..100)`, `note:text?`, `stock:int=0`, `code:string(12..20):unique` or
 * `item:items`. Throws a Refusal if it is not valid.
 */
export function parseField(text: string, targets: readonly Target[]): Field {
  const found = FORM.exec(text);
  if (!found)
    throw new Refusal(`"${text}" is not a valid field: use NAME:TYPE, such as name:string(2..100) or note:text?`);
  const [, given, type, bounds, optional, unique, fallback] = found as unknown as (string | undefined)[];
  const target = targets.find(({ table }) => table === type) ?? targets.find(({ folder }) => folder === type);
  if (!target && !KINDS.some((kind) => kind === type))
    throw new Refusal(
      `${given}: there is no type "${type}": use one of ${KINDS.join(', ')}, or a resource such as items`,
    );
  const kind = target ? 'relation' : (type as Kind);
  const name = target ? `${given}_id` : given!;
  const why = whyNoField(given!) ?? whyNoField(name);
  if (why !== undefined) throw new Refusal(`"${given}" cannot be the name of a field: ${why}`);
  const [min, max] = boundsOf(name, kind, bounds);
  const field = {
    name,
    kind,
    nullable: optional !== undefined,
    unique: unique !== undefined,
    fallback: undefined,
    min,
    max,
    choices: kind === 'enum' ? choicesOf(name, bounds) : [],
    target,
  };
  refuseContradictions(field, fallback);
  return fallback === undefined ? field : { ...field, fallback: fallbackOf(field, fallback) };
}

function boundsOf(name: string, kind: Kind, text: string | undefined): [number, number] {
  const known = BOUNDS[kind];
  if (!known) {
    if (text !== undefined && kind !== 'enum') throw new Refusal(`${name}: a field of type ${kind} has no bounds`);
    return [0, 0];
  }
  const [from, to, least, most] = known;
  if (text === undefined) return [from, to];
  const [, low, dots, high] = /^(-?\d+)?(?:(\.\.)(-?\d+)?)?$/.exec(text.replaceAll('_', '')) ?? [];
  if (low === undefined && high === undefined)
    throw new Refusal(`${name}: "(${text})" is not a valid range: use (2..100), (..100) or (2..)`);
  const min = dots === undefined ? from : Number(low ?? from);
  const max = Number(dots === undefined ? low : (high ?? to));
  if (min > max || (min === max && (max === 0 || !HAS_LENGTH.has(kind))))
    throw new Refusal(`${name}: the lower bound ${min} must be less than the upper bound ${max}`);
  if (min < least || max > most)
    throw new Refusal(`${name}: the bounds of type ${kind} must be between ${least} and ${most}`);
  return [min, max];
}

function choicesOf(name: string, text = ''): string[] {
  const choices = text.split(',').map((choice) => choice.trim());
  const bad = choices.find((choice) => !/^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(choice));
  const number = choices.find((choice) => choice === 'NaN' || choice === 'Infinity');
  if (choices.length < 2) throw new Refusal(`${name}: an enum needs at least two values: ${name}:enum(new,paid)`);
  if (bad !== undefined) throw new Refusal(`${name}: "${bad}" is not a valid enum value: use letters, digits and _`);
  if (number !== undefined)
    throw new Refusal(`${name}: "${number}" cannot be an enum value: TypeScript takes it for a number`);
  if (new Set(choices).size < choices.length) throw new Refusal(`${name}: an enum value is listed twice`);
  return choices;
}

function refuseContradictions({ name, kind, nullable, unique, min, max }: Field, fallback: string | undefined): void {
  if (nullable && (kind === 'list' || kind === 'map'))
    throw new Refusal(`${name}: a ${kind} cannot be null: remove the ?, and send an empty ${kind} instead`);
  if (nullable && fallback !== undefined) throw new Refusal(`${name}: its default is already null: remove ? or =`);
  if (unique && fallback !== undefined) throw new Refusal(`${name}: a unique field cannot have a default`);
  if (unique && !UNIQUE.has(kind))
    throw new Refusal(`${name}: a field of type ${kind} cannot be unique, only ${[...UNIQUE].join(', ')}`);
  const least = LEAST_UNIQUE[kind] ?? 0;
  if (unique && (kind === 'int' ? max - min : max) < least)
    throw new Refusal(`${name}: with these bounds there are too few different values for a unique ${kind}`);
  if (unique && kind === 'string' && max > MOST_UNIQUE)
    throw new Refusal(`${name}: a unique string can have at most ${MOST_UNIQUE} characters: use (..${MOST_UNIQUE})`);
  if (fallback !== undefined && !WITH_DEFAULT.has(kind))
    throw new Refusal(`${name}: a field of type ${kind} cannot have a default`);
  if (kind === 'int' && /(?:^|_)id$/.test(name))
    throw new Refusal(`${name}: for a reference to a row use ${name.replace(/_?id$/, '') || 'item'}:RESOURCE`);
}

/** Characters that SQL or TypeScript would need to escape, and invisible characters. */
const NO_DEFAULT = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}'"\\`$]/u;

function fallbackOf({ name, kind, min, max, choices }: Field, text: string): string | number | boolean {
  if (kind === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new Refusal(`${name}: its default must be true or false`);
    return text === 'true';
  }
  if (kind === 'enum') {
    if (!choices.includes(text)) throw new Refusal(`${name}: its default must be one of ${choices.join(', ')}`);
    return text;
  }
  if (kind === 'int' || kind === 'cents') {
    const value = Number(text.replaceAll('_', ''));
    if (!/^-?\d[\d_]*$/.test(text) || value < min || value > max)
      throw new Refusal(`${name}: its default must be a whole number between ${min} and ${max}`);
    return value;
  }
  const { length } = Array.from(text);
  if (length < min || length > max || text !== text.trim() || NO_DEFAULT.test(text))
    throw new Refusal(`${name}: its default must have ${min} to ${max} visible characters, without quotes, \\ or $`);
  return text;
}

/** Returns the name of a field in words, such as `vat number`. */
export const labelOf = ({ name, target }: Field) => wordsOf(target ? name.replace(/_id$/, '') : name);
