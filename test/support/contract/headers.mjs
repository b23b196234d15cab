// Which headers an answer must have, and which it may have.

/** On every answer, even to what is not HTTP. */
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
/** HTTP's own and the browser's, which no document lists. */
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
 * What is wrong with an answer's headers. `documented` are the response's header objects by name; `check` judges a
 * value by a schema; `more` are names that are allowed for this kind of answer only.
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

/** What no document describes may set these as it likes, but has them. */
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

/** A header's text as the type that its schema speaks of. */
function valueOf(text, { type }) {
  const isNumber = ['number', 'integer'].includes(type) && /^-?\d+(?:\.\d+)?$/.test(text);
  return isNumber ? Number(text) : text;
}
