/** @jest-environment node */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder, command, type Program } from '../support/processes.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly status: { readonly code: number; readonly message?: string };
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const ERROR = 2;
const ACCOUNT = { email: 'ann@example.com', name: 'Ann', password: 'Password1' };
const RECORDER = new URL('../support/records-spans.mjs', import.meta.url).href;
const AUTO_FOLDER = 'test/support/auto-instrumentation';

let database: OwnDatabase;

beforeAll(async () => {
  database = await ownDatabase();
});

/** An application with a user who is signed in. */
class Traced {
  private constructor(
    readonly app: Program,
    readonly url: string,
    private readonly token: string,
    private readonly file: string,
  ) {}

  static async start(preloaded: string, env: Record<string, string> = {}): Promise<Traced> {
    const folder = aFolder();
    const SPANS_FILE = join(folder, 'spans');
    const REQUEST_TIMEOUT_SECONDS = '24'; // long enough for a busy machine
    const settings = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      LOG_LEVEL: 'info',
      REQUEST_TIMEOUT_SECONDS,
      SPANS_FILE,
      ...env,
    };
    const app = aerie({ ...settings, NODE_OPTIONS: `--import=${preloaded}` });
    const url = await app.address();
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/users`, { method: 'POST', headers, body: JSON.stringify(ACCOUNT) });
    const body = new URLSearchParams({ username: ACCOUNT.email, password: ACCOUNT.password });
    const signedIn = await fetch(`${url}/auth/token`, { method: 'POST', body });
    expect(signedIn.status).toBe(200);
    const { access_token } = (await signedIn.json()) as { access_token: string };
    return new Traced(app, url, access_token, SPANS_FILE);
  }

  send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  spans(): Span[] {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    return text.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Span] : []));
  }

  /** Stops the application. Otherwise it would take jobs of other applications on the same database. */
  async stop(): Promise<void> {
    this.app.signal('SIGTERM');
    expect(await this.app.ended).toBe(0);
  }

  span(name: string, traceId: string): Promise<Span> {
    return eventually(() => Promise.resolve(this.spans().find((one) => one.name === name && one.traceId === traceId)));
  }

  line(msg: string, trace_id: string): Promise<Record<string, unknown>> {
    const look = () => this.lines().find((line) => line['msg'] === msg && line['trace_id'] === trace_id);
    return eventually(() => Promise.resolve(look()));
  }

  private lines(): Record<string, unknown>[] {
    return this.app.output
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  }
}

/** Returns the names of the spans below a span, in the order in which they ended, without the setup of connections. */
function tree(spans: readonly Span[], parentId: string): string[] {
  return spans
    .filter((span) => span.parentId === parentId && !String(span.attributes['db.query.text']).includes('set_config'))
    .flatMap((span) => [span.name].concat(tree(spans, span.spanId).map((name) => `  ${name}`)));
}

async function anItem(): Promise<number> {
  const [item] = await database.query<{ id: number }>(
    `insert into items (name, price_cents, stock) values ('Pen', 100, 10) returning id`,
  );
  return item!.id;
}

/** Returns the trace id number `n`, which no other test uses. */
const aTrace = (n: number) => n.toString(16).padStart(32, 'a');

describe('with a tracer provider that is already registered', () => {
  let traced: Traced;
  let item_id: number;

  beforeAll(async () => {
    traced = await Traced.start(RECORDER);
    item_id = await anItem();
  });

  afterAll(() => traced.stop());

  it('the spans of POST /orders form one tree: request, transaction, statements, job and mail', async () => {
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    const answer = await traced.send('POST', '/orders', { item_id, quantity: 2 }, { traceparent });
    expect(answer.status).toBe(201);
    await traced.span('job order-confirmation', TRACE);
    const spans = traced.spans().filter(({ traceId }) => traceId === TRACE);
    expect(tree(spans, CALLER)).toEqual([
      'POST /orders',
      '  SELECT', // authenticates the caller
      '  transaction',
      '    START',
      '    UPDATE',
      '    INSERT',
      expect.stringMatching(/^ {4}(INSERT|WITH)$/), // the job
      '    COMMIT',
      '    job order-confirmation',
      '      SELECT', // the order with its customer and item
      '      SELECT',
      '      SELECT', // whether the mail was already sent
      '      mail',
      '      INSERT',
    ]);
    expect(spans.find(({ name }) => name === 'POST /orders')!.attributes).toMatchObject({
      'http.route': '/orders',
      'http.response.status_code': 201,
      'aerie.request_id': answer.headers.get('x-request-id'),
    });
  });

  it('the log lines of the request and of its job have the trace id', async () => {
    const [request, mail] = await Promise.all([traced.line('request', TRACE), traced.line('Mail sent', TRACE)]);
    expect(mail).toMatchObject({ request_id: request['request_id'], job_id: mail['mail_id'] });
  });

  it('spans contain the text of SQL statements, but no values', () => {
    const statements = traced.spans().filter(({ attributes }) => 'db.query.text' in attributes);
    const texts = statements.map(({ attributes }) => String(attributes['db.query.text']));
    expect(texts).toContainEqual(expect.stringMatching(/update items set stock = stock - \$2/));
    expect(JSON.stringify(traced.spans())).not.toMatch(/ann@example|Ann|Password1|argon2/);
  });

  it('a failed span has the error status without a message', async () => {
    const traceparent = `00-${aTrace(1)}-${CALLER}-01`;
    const answer = await traced.send('POST', '/orders', { item_id, quantity: 11 }, { traceparent });
    expect(answer.status).toBe(409);
    const { status } = await traced.span('transaction', aTrace(1));
    expect(status).toEqual({ code: ERROR });
  });

  it('an invalid traceparent is ignored', async () => {
    const answer = await traced.send('GET', '/items/1', undefined, { traceparent: `00-${aTrace(2)}-${CALLER}` });
    const id = answer.headers.get('x-request-id');
    const span = await eventually(() =>
      Promise.resolve(traced.spans().find(({ attributes }) => attributes['aerie.request_id'] === id)),
    );
    expect(span.parentId).toBeUndefined();
    expect(span.traceId).not.toBe(aTrace(2));
  });

  it('audit events contain the trace id, and the audit chain stays intact', async () => {
    const traceparent = `00-${aTrace(3)}-${CALLER}-01`;
    const answer = await traced.send('PATCH', '/profile', { name: 'Anna' }, { traceparent });
    expect(answer.status).toBe(200);
    const where = [answer.headers.get('x-request-id')];
    const events = await database.query('select details from audit_events where request_id = $1', where);
    expect(events).toEqual([{ details: expect.objectContaining({ trace_id: aTrace(3) }) as unknown }]);
    const env = { DATA_DIR: aFolder(), DATABASE_URL: database.url };
    expect(await command('audit verify', [], { env })).toMatchObject({ code: 0 });
  });
});

it('the traces of requests that wait for the same connection are not mixed up', async () => {
  const traced = await Traced.start(RECORDER, { DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '0' });
  const asked = Array.from({ length: 40 }, (_, n) =>
    traced.send('GET', '/orders', undefined, { traceparent: `00-${aTrace(n)}-${CALLER}-01` }),
  );
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
  await Promise.all(asked.map((_, n) => traced.span('GET /orders', aTrace(n))));
  const trees = asked.map((_, n) => traced.spans().filter(({ traceId }) => traceId === aTrace(n)));
  for (const spans of trees) expect(tree(spans, CALLER)).toEqual(['GET /orders', '  SELECT', '  SELECT']);
  await traced.stop();
});

describe('with a traceparent from the caller and no provider', () => {
  it('log lines and jobs belong to the trace of the caller', async () => {
    const traced = await Traced.start(new URL('../support/breaks-threads.mjs', import.meta.url).href);
    const traceparent = `00-${aTrace(4)}-${CALLER}-01`;
    await traced.send('POST', '/orders', { item_id: await anItem(), quantity: 1 }, { traceparent });
    expect(await traced.line('Mail sent', aTrace(4))).toHaveProperty('job_id');
    expect(traced.spans()).toEqual([]);
    await traced.stop();
  });
});

const auto = installed();
if (auto === undefined) console.warn(`SKIPPED: npm install --prefix ${AUTO_FOLDER} has not been run`);

(auto === undefined ? it.skip : it)(
  'with auto-instrumentation, sign-in works and request spans have a route',
  async () => {
    const env = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    const traced = await Traced.start(auto!, env);
    expect((await traced.send('GET', '/items/4711')).status).toBe(404);
    await traced.app.says(/'http\.route': '\/items\/:item_id'/);
    await traced.stop();
  },
);

function installed(): string | undefined {
  try {
    const { resolve } = createRequire(`${process.cwd()}/${AUTO_FOLDER}/package.json`);
    return pathToFileURL(resolve('@opentelemetry/auto-instrumentations-node/register')).href;
  } catch {
    return undefined;
  }
}
