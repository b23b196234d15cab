/** A JSON Schema 2020-12, or any other object of an OpenAPI document. */
export type Node = Readonly<Record<string, unknown>>;

const NUMBERS = ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf'];
/** The keywords that apply to one type only. They have no effect on values of other types. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'contentEncoding', 'contentMediaType'],
  integer: NUMBERS,
  number: NUMBERS,
  array: ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems', 'unevaluatedItems'],
  object: 'properties required additionalProperties minProperties maxProperties patternProperties propertyNames'
    .concat(' dependentRequired dependentSchemas unevaluatedProperties')
    .split(' '),
};
const TYPED = new Set(Object.values(OF_TYPE).flat());
const BITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };
const LOWER = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']);
const UPPER = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']);

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Whether two values are equal as JSON. node:util's check fails for objects of another realm, such as a fetch's in
 * Jest.
 */
export function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, i) => same(value, other[i]));
  }
  if (!isNode(one) || !isNode(other)) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]));
}

/**
 * Returns the target of a `$ref` merged with its sibling keywords, or any other node unchanged. Throws an Error if the
 * target does not exist.
 */
export function resolve(value: unknown, document: Node): Node {
  const node = nodeOf(value);
  if (typeof node['$ref'] !== 'string') return node;
  const { $ref, ...beside } = node as Node & { $ref: string };
  const keys = $ref.slice(2).split('/');
  const target = keys.reduce<unknown>(
    (inner, key) => nodeOf(inner)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
  if (!$ref.startsWith('#/') || target === undefined) throw new Error(`${$ref} does not exist`);
  const resolved = resolve(target, document);
  return Object.keys(beside).length === 0 ? resolved : { ...resolved, ...beside };
}

/**
 * Returns the forms that a value may have: one for each schema of `anyOf` or `oneOf` and for each type, with `allOf`
 * merged. So `type: ['string', 'null']` and `anyOf: [{ type: 'string' }, { type: 'null' }]` have the same two forms.
 */
export function formsOf(value: unknown, document: Node): Node[] {
  if (value === false) return [];
  const { allOf, anyOf, oneOf, ...own } = resolve(value, document);
  if (allOf !== undefined) {
    const whole = listOf(allOf).map((part) => resolve(part, document));
    return formsOf(whole.reduce(both, { ...own, ...(anyOf ? { anyOf } : {}), ...(oneOf ? { oneOf } : {}) }), document);
  }
  const variants = anyOf ?? oneOf;
  if (variants !== undefined) {
    const rest = anyOf !== undefined && oneOf !== undefined ? { ...own, oneOf } : own;
    return unite(listOf(variants).flatMap((variant) => formsOf(both(rest, resolve(variant, document)), document)));
  }
  return formsByType(own);
}

function formsByType({ type, const: constant, ...own }: Node): Node[] {
  const schema = constant === undefined ? own : { ...own, enum: [constant] };
  if (type === undefined) return [schema];
  return ([type].flat() as string[]).flatMap((kind) => {
    if (kind === 'null') return [{ type: kind }];
    const form = ofType(kind, schema);
    if (!Array.isArray(form['enum'])) return [form];
    const values = form['enum'].filter((value) => isOfType(value, kind));
    return values.length === 0 ? [] : [{ ...form, enum: values }];
  });
}

/** Returns the schema without keywords of other types, and with an integer's format as bounds. */
function ofType(type: string, schema: Node): Node {
  const entries = Object.entries(schema).filter(([name]) => !TYPED.has(name) || OF_TYPE[type]?.includes(name));
  const form: Node = { ...Object.fromEntries(entries), type };
  if (type !== 'integer') return form;
  const { exclusiveMinimum: above, exclusiveMaximum: below, format, ...rest } = form;
  const least = typeof above === 'number' ? both(rest, { minimum: above + 1 }) : rest;
  const bounded = typeof below === 'number' ? both(least, { maximum: below - 1 }) : least;
  const bits = BITS[String(format)];
  if (bits === undefined) return format === undefined ? bounded : { ...bounded, format };
  return both(bounded, { minimum: -bits, maximum: bits - 1 });
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isNode(value);
  return type === 'integer' || type === 'number' ? typeof value === 'number' : typeof value === type;
}

/** Merges forms that differ only in their enums into one with all values. */
function unite(forms: readonly Node[]): Node[] {
  const united: Node[] = [];
  for (const { enum: values, ...rest } of forms) {
    const index = united.findIndex((other) => values !== undefined && isWithValues(other, rest));
    if (index === -1) united.push(values === undefined ? rest : { ...rest, enum: values });
    else united[index] = { ...rest, enum: [...listOf(united[index]!['enum']), ...listOf(values)] };
  }
  return united;
}

function isWithValues({ enum: values, ...rest }: Node, other: Node): boolean {
  return values !== undefined && same(rest, other);
}

/** Returns a schema for values that fit both schemas. */
function both(one: Node, other: Node): Node {
  const merged: Record<string, unknown> = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const known = one[keyword];
    merged[keyword] = known === undefined ? value : bothOf(keyword, known, value);
  }
  return merged;
}

function bothOf(keyword: string, one: unknown, other: unknown): unknown {
  if (keyword === 'properties') {
    const properties: Record<string, unknown> = { ...nodeOf(one) };
    for (const [name, schema] of Object.entries(nodeOf(other))) {
      properties[name] = name in properties ? { allOf: [properties[name], schema] } : schema;
    }
    return properties;
  }
  if (keyword === 'required') return [...new Set([...listOf(one), ...listOf(other)])];
  if (keyword === 'enum') return listOf(one).filter((value) => listOf(other).includes(value));
  if (keyword === 'allOf') return [...listOf(one), ...listOf(other)];
  if (LOWER.has(keyword)) return Math.max(Number(one), Number(other));
  if (UPPER.has(keyword)) return Math.min(Number(one), Number(other));
  return other;
}
