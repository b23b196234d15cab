// Compiles the document's schemas into validators that allow only what the schemas declare.
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Returns `validatorOf(schema)`, which returns a function that lists the errors of a value as sentences. */
export function strictValidators(document) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('idn-email', /^.+@[^@]+$/u);
  ajv.addFormat('date-time', (text) => UTC.test(text) && !Number.isNaN(Date.parse(text)));
  for (const word of ['example', 'xml', 'externalDocs', 'discriminator']) ajv.addKeyword(word);
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) ajv.addSchema(close(schema), name);
  const compiled = new Map();
  return function validatorOf(schema) {
    const known = compiled.get(schema) ?? ajv.compile(close(schema));
    compiled.set(schema, known);
    return (value) => (known(value) ? [] : known.errors.map(sentence));
  };
}

/**
 * Returns the schema with every object closed (no additional properties) unless it says otherwise, and with `writeOnly`
 * fields forbidden. `isMap`: the keys of `node` are names, not keywords.
 */
function close(node, isMap = false) {
  if (Array.isArray(node)) return node.map((one) => close(one));
  if (typeof node !== 'object' || node === null) return node;
  if (isMap) return Object.fromEntries(Object.entries(node).map(([name, schema]) => [name, close(schema)]));
  if (node.writeOnly === true) return false;
  if (node.allOf) throw new Error('allOf is not supported in responses: write the schema without it');
  const closed = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (DATA.has(keyword)) closed[keyword] = value;
    else if (keyword === '$ref') closed.$ref = value.replace('#/components/schemas/', '');
    else closed[keyword] = close(value, keyword === 'properties');
  }
  if (isObject(node) && !('additionalProperties' in node)) closed.additionalProperties = false;
  return closed;
}

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['enum', 'const', 'default', 'example', 'examples', 'required', 'type']);

function isObject({ type, properties }) {
  return properties !== undefined || [type].flat().includes('object');
}

function sentence({ instancePath, message, params }) {
  const extra = params.additionalProperty ?? params.missingProperty;
  const more = extra !== undefined && !message.includes(extra) ? `: ${extra}` : '';
  return `body${instancePath} ${message}${more}`;
}
