import { Agent, request as httpRequest } from 'node:http';
import { BAD_JSON_TEXTS, BAD_TEXTS } from './bad-values.js';
import { query } from '../support/database.js';
import { OPERATIONS, type Operation, type Sample } from '../support/operations.js';
import { anOwner, holdJobs, subjectOf } from '../support/subjects.js';
import type { Actor } from '../support/world.js';

const LEAST_VALUES = 150;
/** Operations that hash a password, which is slow. Each of their fields gets only a different part of the values. */
const HASHING = new Set(['signIn', 'createUser', 'changePassword', 'enrolTotp', 'removeTotp', 'renewRecoveryCodes']);
const PARTS = 6;
const AT_ONCE = 16;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
let tried = 0;

interface Wire {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends the request unchanged and returns the status, or 0 if Node refuses to write such a header. */
function statusOf({ method, path, headers, body }: Wire): Promise<number> {
  tried++;
  return new Promise((resolve, reject) => {
    try {
      const request = httpRequest(`${baseUrl}${path}`, { method: method.toUpperCase(), headers, agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode!));
      });
      request.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(0) : reject(error)));
      request.end(body);
    } catch {
      resolve(0);
    }
  });
}

/** Sends all requests, `AT_ONCE` at a time. Returns those that got a 5xx. */
async function failures(requests: readonly Wire[]): Promise<string[]> {
  const failed: string[] = [];
  const left = requests.values();
  const work = async () => {
    for (const wire of left) {
      const status = await statusOf(wire);
      const isOverload = status === 503; // a concurrency limit, not a failure
      if (status >= 500 && !isOverload) failed.push(`${status} ${JSON.stringify(wire).slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}

const escaped = (text: string) => encodeURIComponent(text.toWellFormed());

/** Returns the raw request of a sample, with its query, body and token. */
function wireOf({ token }: Actor, { method }: Operation, sample: Sample, changed: Partial<Wire> = {}): Wire {
  const search = new URLSearchParams(sample.query as Record<string, string>).toString();
  const isForm = sample.type === 'application/x-www-form-urlencoded';
  const body = isForm
    ? new URLSearchParams(sample.body as Record<string, string>).toString()
    : JSON.stringify(sample.body);
  return {
    method,
    path: sample.path + (search === '' ? '' : `?${search}`),
    ...(sample.type === undefined || sample.body === undefined ? {} : { body }),
    ...changed,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(sample.type === undefined ? {} : { 'content-type': sample.type }),
      ...changed.headers,
    },
  };
}

/** Returns requests with each bad text in each path and query parameter, one at a time. */
function spoiltParameters(actor: Actor, operation: Operation, sample: Sample): Wire[] {
  const { path, parameters = [] } = operation;
  const segments = path.split('/');
  const inPath = segments.flatMap((segment, at) => {
    if (!segment.startsWith('{')) return [];
    return BAD_TEXTS.map((text) => sample.path.split('/').with(at, escaped(text)).join('/'));
  });
  const inQuery = parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name }) =>
      BAD_TEXTS.map(
        (text) =>
          `${sample.path}?${new URLSearchParams({ ...strings(sample.query) }).toString()}&${name}=${escaped(text)}`,
      ),
    );
  return [...inPath, ...inQuery].map((target) => wireOf(actor, operation, sample, { path: target }));
}

const strings = (values: Readonly<Record<string, unknown>>) => values as Readonly<Record<string, string>>;

/** Returns requests with each bad value in each field of the body, one at a time, and as the whole body. */
function spoiltBodies(actor: Actor, operation: Operation, sample: Sample): Wire[] {
  if (sample.type === undefined) return [];
  const given = JSON.stringify(sample.body);
  if (sample.type === 'application/x-www-form-urlencoded') {
    return fieldsOf(sample.body).flatMap(([field], at) =>
      shareOf(operation, BAD_TEXTS, at).map((text) =>
        wireOf(actor, operation, { ...sample, body: { ...(sample.body as object), [field!]: text.toWellFormed() } }),
      ),
    );
  }
  const bodies = fieldsOf(sample.body).flatMap((path, at) =>
    shareOf(operation, BAD_JSON_TEXTS, at).map((value) => replaced(given, path, value)),
  );
  return [...bodies, ...BAD_JSON_TEXTS].map((body) => wireOf(actor, operation, sample, { body }));
}

function shareOf({ operationId }: Operation, values: readonly string[], part: number): readonly string[] {
  return HASHING.has(operationId) ? values.filter((_, i) => i % PARTS === part % PARTS) : values;
}

/** Returns the paths of all fields of a value, including nested ones. */
function fieldsOf(value: unknown, above: readonly string[] = []): string[][] {
  const found: string[][] = [];
  for (const [name, inner] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    const path = above.concat(name);
    found.push(path, ...fieldsOf(inner, path));
  }
  return found;
}

/** Replaces a field in a JSON text with other JSON text. */
function replaced(json: string, path: readonly string[], text: string): string {
  const mark = '@here@';
  const root = JSON.parse(json) as Record<string, unknown>;
  let at = root;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[path.at(-1)!] = mark;
  return JSON.stringify(root).replace(`"${mark}"`, () => text);
}

const HEADERS = [
  'accept',
  'accept-encoding',
  'authorization',
  'content-encoding',
  'content-type',
  'expect',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'if-range',
  'origin',
  'prefer',
  'range',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
];
const REPRESENTATIVE = new Set(['getItem', 'listOrders', 'createPost', 'previewUser', 'exportOrders']);

beforeAll(async () => {
  await holdJobs();
});
afterAll(() => {
  agent.destroy();
  process.stderr.write(`${tried} bad requests tried\n`);
});

it(`tries at least ${LEAST_VALUES} distinct values`, () => {
  expect(new Set(BAD_TEXTS).size).toBeGreaterThanOrEqual(LEAST_VALUES);
});

const named = OPERATIONS.map((operation) => [operation.key, operation] as const);

it.each(named)('%s never answers an invalid parameter or body with a 5xx status', async (_key, operation) => {
  const admin = await anOwner('admin');
  const sample = await subjectOf(operation, admin);
  const requests = [...spoiltParameters(admin, operation, sample), ...spoiltBodies(admin, operation, sample)];
  expect(await failures(requests)).toEqual([]);
});

it.each(named.filter(([, { operationId }]) => REPRESENTATIVE.has(operationId)))(
  '%s never answers an invalid header with a 5xx status',
  async (_key, operation) => {
    const admin = await anOwner('admin');
    const sample = await subjectOf(operation, admin);
    const texts = BAD_TEXTS.map((text) => Buffer.from(text.toWellFormed()).toString('latin1'));
    const requests = HEADERS.flatMap((name) =>
      texts.map((text) => wireOf(admin, operation, sample, { headers: { [name]: text } })),
    );
    expect(await failures(requests)).toEqual([]);
  },
);

it('the invalid requests pollute no prototype and leave the tables in place', async () => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(await query('select 1 from users limit 1')).toHaveLength(1);
});
