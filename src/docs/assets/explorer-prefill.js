import { DOCUMENT_URL, keepDocument, operationAt, pathOfRequest } from './explorer-document.js';
import { SeenRows } from './explorer-rows.js';

/**
 * Fills in the inputs of an operation, unless the user has typed something else: ids that exist (explorer-rows.js), a
 * new e-mail address for each row that is created with one, and the newest refresh token that an executed operation
 * returned. That token is kept only in the memory of this page: a reload deletes it.
 */
export const prefillPlugin = { wrapComponents: { parameterRow: withId, RequestBody: withBody } };

const rows = new SeenRows(sessionStorage);
/** Requests that have been sent, by URL. */
const sent = new Map();
/** The values that this page has filled in, by operation, or by operation and parameter. */
const filled = new Map();
/** Swagger UI's own example of each operation's body. */
const examples = new Map();
const listeners = new Set();
let version = 0;
let changedBy = '';
let refreshToken;
let mark = newMark();

/** For Swagger UI's option of this name. */
export function requestInterceptor(request) {
  sent.set(request.url, request);
  return request;
}

/** For Swagger UI's option of this name: gets the document and the responses of executed operations. */
export function responseInterceptor(response) {
  const request = sent.get(response.url);
  sent.delete(response.url);
  if (response.url === DOCUMENT_URL && response.ok) response.text = JSON.stringify(shown(JSON.parse(response.text)));
  else if (request?.method) learn(request, response);
  return response;
}

/** Called when the user signs out. */
export function forgetRows() {
  rows.clear();
  changed('');
}

function shown(document) {
  keepDocument(document);
  rows.restore();
  return { ...document, paths: mapOperations(document.paths, withExamplesAsText) };
}

function learn(request, { url, status, body }) {
  const path = pathOfRequest(request);
  const method = request.method.toLowerCase();
  if (path === undefined) return;
  rows.learn({ path, method, url, status, body });
  if (status < 300) {
    if (refreshToken && String(request.body).includes(refreshToken)) refreshToken = undefined; // it can be used once
    if (typeof body?.refresh_token === 'string') refreshToken = body.refresh_token;
    if (status === 201) mark = newMark();
  }
  changed(`${method} ${path}`);
}

function changed(by) {
  version += 1;
  changedBy = by;
  for (const listener of listeners) listener();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function newMark() {
  return Math.random().toString(36).slice(2, 7);
}

function withId(Original, { React }) {
  const { createElement: h, useLayoutEffect, useRef, useSyncExternalStore } = React;
  function Row(props) {
    const { param, rawParam, pathMethod, onChange } = props;
    const [path, method] = pathMethod;
    const now = useSyncExternalStore(subscribe, () => version);
    const begun = useRef(false);
    useLayoutEffect(() => {
      // keep the values that were just sent: a second click on Execute must not change another row
      if (begun.current && changedBy === `${method} ${path}`) return;
      begun.current = true;
      const name = rawParam.get('name');
      const example = rawParam.get('example');
      const key = `${method} ${path} ${name}`;
      const value = param.get('value');
      const prefilled = rows.idsFor(path, method)[name] ?? example;
      const untouched = [undefined, filled.get(key), String(example)].includes(value);
      if (prefilled === undefined || !untouched) return;
      filled.set(key, String(prefilled));
      if (value !== String(prefilled)) onChange(rawParam, String(prefilled));
    }, [now]);
    return h(Original, props);
  }
  return (props) => h(props.rawParam.get('in') === 'path' ? Row : Original, props);
}

function withBody(Original, { React }) {
  const { createElement: h, useLayoutEffect, useSyncExternalStore } = React;
  return function Body(props) {
    const { specPath, requestBody, requestBodyValue, contentType, onChange } = props;
    const now = useSyncExternalStore(subscribe, () => version);
    useLayoutEffect(() => {
      const [, path, method] = specPath.toJS();
      const schema = requestBody?.getIn(['content', contentType, 'schema']);
      if (!schema || !contentType?.includes('json') || !requestBodyValue) return;
      const key = `${method} ${path}`;
      if (!examples.has(key)) examples.set(key, requestBodyValue); // the first value is Swagger UI's own
      const example = examples.get(key);
      if (![example, filled.get(key)].includes(requestBodyValue)) return;
      const prefilled = prefilledBody(example, schema, Boolean(operationAt(path, method)?.responses[201]));
      filled.set(key, prefilled);
      if (requestBodyValue !== prefilled) onChange(prefilled);
    }, [now, requestBodyValue, contentType]);
    return h(Original, props);
  };
}

/** `creates`: whether the operation creates a row, whose e-mail address must be new. */
function prefilledBody(example, schema, creates) {
  const body = JSON.parse(example);
  if (body === null || typeof body !== 'object') return example;
  if ('refresh_token' in body && refreshToken) body.refresh_token = refreshToken;
  for (const [name, value] of Object.entries(body)) {
    const isEmail = schema.getIn(['properties', name, 'format']) === 'idn-email';
    if (creates && isEmail) body[name] = value.replace('@', `.${mark}@`);
  }
  return JSON.stringify(body, null, 2);
}

/** Optional parameters start empty, or with their default: their examples move into their descriptions. */
function withExamplesAsText(operation) {
  const parameters = operation.parameters?.map((parameter) => {
    if (parameter.required || parameter.in !== 'query' || parameter.example === undefined) return parameter;
    const { example, description = '', ...rest } = parameter;
    if (example === rest.schema?.default) return { ...rest, description };
    return { ...rest, description: `${description} Example: \`${example}\``.trim() };
  });
  return parameters ? { ...operation, parameters } : operation;
}

function mapOperations(paths = {}, change) {
  const each = (operations) =>
    Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, change(operation)]));
  return Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, each(operations)]));
}
