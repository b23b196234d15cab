// Generates request bodies that a schema allows: with required properties only, with all properties, with values at the
// lower and upper bounds, and with each value of an enum.

const LONGEST = 20_000;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éñßøžабвгдеж漢字仮名交文한글날'];

/**
 * Returns a text that PostgreSQL cannot compress and whose letters have up to three bytes: an index or a check may refuse
 * it. The text is always the same.
 */
export function longText(length) {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return LETTERS[seed % LETTERS.length];
  }).join('');
}

/**
 * Returns `[[name, body], …]` for a JSON schema. `given` maps names of properties to functions that return their value.
 */
export function bodiesOf(document, schema, given) {
  const { properties = {}, required = [] } = resolved(document, schema);
  const names = Object.keys(properties);
  const make = (keys, size) =>
    Object.fromEntries(keys.map((key) => [key, given[key]?.() ?? value(document, properties[key], size)]));
  const lists = names.flatMap((key) =>
    (resolved(document, properties[key]).enum ?? []).map((one) => [
      `${key} ${one}`,
      { ...make(names, 'usual'), [key]: one },
    ]),
  );
  return [
    ['least', make(required, 'usual')],
    ['usual', make(names, 'usual')],
    ['again', make(names, 'usual')], // values that were never unique may occur twice
    ['low', make(names, 'low')],
    ['high', make(names, 'high')],
    ...lists,
  ];
}

export function bodySchema(document, method, path) {
  return document.paths[path]?.[method]?.requestBody?.content?.['application/json']?.schema;
}

function resolved(document, schema) {
  if (schema.$ref !== undefined) return resolved(document, document.components.schemas[schema.$ref.split('/').at(-1)]);
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  return first === undefined ? schema : { ...resolved(document, first), isNullable: true };
}

function value(document, given, size) {
  const schema = resolved(document, given);
  const type = [schema.type].flat()[0];
  if (size === 'low' && (schema.isNullable || [schema.type].flat().includes('null'))) return null;
  if (type === 'object' && schema.properties !== undefined) {
    const keys = size === 'low' ? (schema.required ?? []) : Object.keys(schema.properties);
    return Object.fromEntries(keys.map((key) => [key, value(document, schema.properties[key], size)]));
  }
  if (size !== 'usual' && BOUNDS[type] && schema.enum === undefined) return BOUNDS[type](schema, size);
  return (
    schema.examples?.[0] ??
    schema.default ??
    schema.enum?.[0] ??
    (type === 'boolean' ? false : type === 'array' ? [] : type === 'object' ? {} : 'text')
  );
}

const BOUNDS = {
  string: ({ minLength = 0, maxLength = LONGEST }, size) =>
    size === 'low' ? 'm'.repeat(minLength) : longText(Math.min(maxLength, LONGEST)),
  integer: ({ minimum = 0, maximum = 1000 }, size) => (size === 'low' ? minimum : maximum),
  array: ({ items = {} }, size) =>
    size === 'low'
      ? []
      : Array.from({ length: 20 }, (_, i) =>
          `${i} `.padEnd(items.maxLength ?? 10, 'm').slice(0, items.maxLength ?? 10),
        ),
};
