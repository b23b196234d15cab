import { Memory } from './explorer-memory.js';

/**
 * Fills in what an operation starts with, as far as nobody has typed anything else: ids that exist (explorer-memory.js),
 * a new e-mail address for each thing that is made with one, and the newest refresh token that an executed operation
 * answered. That token is kept in this page's memory only: it is gone after a reload.
 */
export const offersPlugin = {
  wrapComponents: { parameterRow: withOfferedId, RequestBody: withOfferedBody },
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (original) => (json) => {
          memory.begin(json.paths);
          return original({ ...json, paths: mapOperations(json.paths, withQuietParameters) });
        },
        setResponse: (original, system) => (path, method, response) => {
          const done = original(path, method, response);
          learn(path, method, response, system);
          return done;
        },
      },
    },
    auth: {
      wrapActions: {
        logout: (original) => (names) => {
          memory.clear();
          changed('');
          return original(names);
        },
      },
    },
  },
};

const memory = new Memory(sessionStorage);
const filled = new Map();
const listeners = new Set();
let version = 0;
let changedBy = '';
let refreshToken;
let mark = newMark();

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

function learn(path, method, response, { specSelectors }) {
  const { status, url, body } = response.error ? (response.err?.response ?? {}) : response;
  if (!status) return;
  memory.learn({ path, method, url, status, body });
  if (status < 300) {
    const sent = specSelectors.requestFor(path, method)?.get('body');
    if (refreshToken && String(sent).includes(refreshToken)) refreshToken = undefined; // each is good once
    if (typeof body?.refresh_token === 'string') refreshToken = body.refresh_token;
    if (status === 201) mark = newMark();
  }
  changed(`${method} ${path}`);
}

function withOfferedId(Original, { React, specSelectors }) {
  const { createElement: h, useLayoutEffect, useRef, useSyncExternalStore } = React;
  function Row(props) {
    const { rawParam, pathMethod, onChange } = props;
    const [path, method] = pathMethod;
    const now = useSyncExternalStore(subscribe, () => version);
    const begun = useRef(false);
    useLayoutEffect(() => {
      // What was just sent stays in sight: a second click on Execute must not meet another thing.
      if (begun.current && changedBy === `${method} ${path}`) return;
      begun.current = true;
      const name = rawParam.get('name');
      const example = rawParam.get('example');
      const key = `${method} ${path} ${name}`;
      const value = specSelectors.parameterWithMetaByIdentity(pathMethod, rawParam).get('value');
      const offered = memory.offer(path, method)[name] ?? example;
      const untouched = [undefined, filled.get(key), String(example)].includes(value);
      if (offered === undefined || !untouched) return;
      filled.set(key, String(offered));
      if (value !== String(offered)) onChange(rawParam, String(offered));
    }, [now]);
    return h(Original, props);
  }
  return (props) => h(props.rawParam.get('in') === 'path' ? Row : Original, props);
}

function withOfferedBody(Original, { React, oas3Selectors, specSelectors }) {
  const { createElement: h, useLayoutEffect, useSyncExternalStore } = React;
  return function Body(props) {
    const { specPath, requestBody, requestBodyValue, contentType, onChange } = props;
    const now = useSyncExternalStore(subscribe, () => version);
    useLayoutEffect(() => {
      const [, path, method] = specPath.toJS();
      const schema = requestBody?.getIn(['content', contentType, 'schema']);
      const example = oas3Selectors.selectDefaultRequestBodyValue(path, method);
      if (!schema || !contentType?.includes('json') || typeof example !== 'string') return;
      const makes = specSelectors.specJson().hasIn(['paths', path, method, 'responses', '201']);
      const offered = offeredBody(example, schema, makes);
      const key = `${method} ${path}`;
      if (![undefined, '', example, filled.get(key)].includes(requestBodyValue)) return;
      filled.set(key, offered);
      if (requestBodyValue !== offered && (requestBodyValue || offered !== example)) onChange(offered);
    }, [now, requestBodyValue, contentType]);
    return h(Original, props);
  };
}

function offeredBody(example, schema, makes) {
  const body = JSON.parse(example);
  if (body === null || typeof body !== 'object') return example;
  if ('refresh_token' in body && refreshToken) body.refresh_token = refreshToken;
  for (const [name, value] of Object.entries(body)) {
    const isEmail = schema.getIn(['properties', name, 'format']) === 'idn-email';
    if (makes && isEmail) body[name] = value.replace('@', `.${mark}@`);
  }
  return JSON.stringify(body, null, 2);
}

/** What may be left out starts empty, or with its default: its example moves into its description. */
function withQuietParameters(operation) {
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
