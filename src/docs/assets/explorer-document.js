/** The document that the explorer shows, for what is added to Swagger UI. */
export const DOCUMENT_URL = new URL('openapi.json', location.href).href;

let paths = {};

export function keepDocument(document) {
  paths = document.paths ?? {};
}

export const documentedPaths = () => Object.keys(paths);
export const documentedOperations = () => Object.values(paths).flatMap((item) => Object.values(item));

/** What the document says of an operation; undefined where there is none. */
export const operationAt = (path, method) => paths[path]?.[method];

/**
 * The path of the document, as `/orders/{order_id}`, that a request was sent to. Compared from the end: the API may stand
 * behind a prefix. Where several fit, the longest, then the one with the most fixed parts.
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
