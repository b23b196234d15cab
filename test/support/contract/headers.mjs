// The headers that an answer must have, and those that it may have.

/** On every answer, even to requests that are not HTTP. */
const SECURITY = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'content-security-policy': /default-src 'none'/,
  'cross-origin-resource-policy': /^same-origin$/,
  'cache-control': /./,
};
/** On every answer that the application writes. */
const ALWAYS = { ...SECURITY, vary: /\bOrigin\b/ };
/** On every answer to a request that was parsed, documented or not. */
const STAMPED = {
  'x-process-time': /^\d+\.\d+$/,
  'x-request-id': /^[\w.-]{1,64}$/,
  'server-timing': /^app;dur=\d+\.\d, db;dur=\d+\.\d$/,
};
/** Headers of HTTP itself and for browsers, which no document lists. */
const STANDARD = [
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-encoding',
  'content-type',
  'content-length',
  'strict-transport-security',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
];
const OF_PREFLIGHTS = ['access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age'];

/**
 * Returns the problems of an answer's headers. `documented` has the response's header objects by name. `check`
 * validates a value against a schema. `more` lists names that only this kind of answer may have.
 */
export function headerProblems(headers, { documented = {}, check, more = [], stamped = true }) {
  const promised = { ...ALWAYS, ...(stamped ? STAMPED : {}) };
  const problems = missing(headers, promised);
  for (const [name, { schema, required }] of Object.entries(documented)) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined)
      problems.push(...check(schema, valueOf(value, schema)).map((wrong) => `${name}: ${wrong}`));
    else if (required !== false) problems.push(`the documented header ${name} is missing`);
  }
  const allowed = new Set([
    ...Object.keys(promised),
    ...STANDARD,
    ...more,
    ...Object.keys(documented).map((name) => name.toLowerCase()),
  ]);
  const undeclared = Object.keys(headers).filter((name) => !allowed.has(name));
  return [...problems, ...undeclared.map((name) => `the header ${name} is not documented`)];
}

/** Checks the headers of a route that is not in the document: these must exist, with any value. */
export function plainProblems(headers) {
  const names = Object.keys({ ...SECURITY, ...STAMPED });
  return names.filter((name) => headers[name] === undefined).map((name) => `the header ${name} is missing`);
}

export function securityProblems(headers) {
  return missing(headers, SECURITY);
}

function missing(headers, promised) {
  const wrong = Object.entries(promised).filter(([name, pattern]) => !pattern.test(headers[name] ?? ''));
  return wrong.map(([name]) =>
    headers[name] === undefined
      ? `the header ${name} is missing`
      : `the header ${name} is ${JSON.stringify(headers[name])}`,
  );
}

export function preflightProblems(headers) {
  const problems = headerProblems(headers, { more: OF_PREFLIGHTS, stamped: false });
  // the CORS package answers before the request has an id
  return problems.filter((problem) => !/x-process-time|x-request-id|server-timing/.test(problem));
}

/** Returns a header's value, as a number if its schema has a numeric type. */
function valueOf(text, { type }) {
  const isNumber = ['number', 'integer'].includes(type) && /^-?\d+(?:\.\d+)?$/.test(text);
  return isNumber ? Number(text) : text;
}
