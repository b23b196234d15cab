/** The document that the explorer shows, for the plugins. */
export const DOCUMENT_URL = new URL('openapi.json', location.href).href;

let paths = {};
let schemas = {};

export function keepDocument(document) {
  paths = document.paths ?? {};
  schemas = document.components?.schemas ?? {};
}

export const documentedPaths = () => Object.keys(paths);
export const documentedOperations = () => Object.values(paths).flatMap((item) => Object.values(item));

/** The operation in the document; undefined if there is none. */
export const operationAt = (path, method) => paths[path]?.[method];

/** The names of the fields that an operation takes in its body, and the values that they can have. */
export function bodyWordsOf({ requestBody }) {
  const given = Object.values(requestBody?.content ?? {}).map(({ schema = {} }) => schema);
  const fields = given.flatMap(alternatives).flatMap(({ properties = {} }) => Object.entries(properties));
  return fields.flatMap(([name, schema]) => [name].concat(choicesOf(schema)));
}

/** The values that a field or a parameter can have, if its schema lists them. */
export function choicesOf(schema = {}) {
  return alternatives(schema).flatMap((one) => one.enum ?? []);
}

/** A schema and the schemas that it is composed of, without references. */
function alternatives(schema) {
  const parts = [schema, schema.anyOf ?? [], schema.oneOf ?? []].flat();
  return parts.map((part) => schemas[part.$ref?.split('/').at(-1)] ?? part);
}

/**
 * The path in the document that a request was sent to, such as `/orders/{order_id}`. Compared from the end, since the
 * URL may have a prefix. If several paths match: the longest, then the one with the most fixed parts.
 */
export function pathOfRequest({ url, method }) {
  const sent = new URL(url).pathname.split('/');
  const fits = (path) => {
    const parts = partsOf(path);
    const end = sent.slice(-parts.length);
    return operationAt(path, method.toLowerCase()) && parts.every((part, i) => isParameter(part) || part === end[i]);
  };
  return documentedPaths()
    .filter(fits)
    .toSorted((a, b) => rank(b) - rank(a))[0];
}

const rank = (path) => partsOf(path).length * 100 - partsOf(path).filter(isParameter).length;
const partsOf = (path) => path.split('/').slice(1);
const isParameter = (part) => part.startsWith('{');
