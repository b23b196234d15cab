import request, { type Response, type Test } from 'supertest';

type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';
type Asks = { [name in Method]: (path: string) => Test };

export interface Nest<Probe> extends Asks {
  readonly url: string;
  readonly app: RunningNest['app'];
  readonly logs: RunningNest['logs'];
  readonly document: RunningNest['document'];
  /** The `probe` of the first feature that has one. */
  readonly probe: Probe;
  stop(): Promise<void>;
}

/** Starts an application with these features before the tests of the file or block, and stops it afterwards. */
export function nestWith<Probe = unknown>(...names: string[]): Nest<Probe> {
  return startedBefore(() => startNest(...names));
}

/** Does the same as `nestWith` for an application that `start` starts. */
export function startedBefore<Probe = unknown>(start: () => Promise<RunningNest>): Nest<Probe> {
  let running: RunningNest;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running?.stop());
  const ask = (method: Method) => (path: string) => request(running.url)[method](path);
  return {
    get url() {
      return running.url;
    },
    get app() {
      return running.app;
    },
    get logs() {
      return running.logs;
    },
    get document() {
      return running.document;
    },
    get probe() {
      return running.probe as Probe;
    },
    stop: () => running.stop(),
    get: ask('get'),
    head: ask('head'),
    post: ask('post'),
    put: ask('put'),
    patch: ask('patch'),
    delete: ask('delete'),
    options: ask('options'),
  };
}

/** Expects this error: in Nest's own body on stock Nest, as `{"detail": message}` on Aerie. */
export function expectError(answer: Response, status: number, message: string | RegExp): void {
  expect(answer.status).toBe(status);
  const { body } = answer as { body: Record<string, unknown> };
  const told = body[nestStock ? 'message' : 'detail'];
  expect(Array.isArray(told) ? told.join('; ') : told).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message),
  );
}

/** Expects the 404 of a path that no route has. */
export function expectNotFound(answer: Response): void {
  expect(answer.status).toBe(404);
  if (!nestStock) expect(answer.body).toEqual({ detail: 'Not Found' }); // Nest leaves paths outside a prefix to Express
}

/** Expects the error for a path without a route of this method: 404 on stock Nest, 405 with `Allow` on Aerie. */
export function expectWrongMethod(answer: Response, allowed: string): void {
  expect(answer.status).toBe(nestStock ? 404 : 405);
  if (!nestStock) expect(answer.headers['allow']).toBe(allowed);
}

/** Expects errors for these fields: a 422 with FastAPI's list on Aerie, Nest's 400 on stock Nest. */
export function expectInvalid(answer: Response, ...fields: string[]): void {
  expect(answer.status).toBe(nestStock ? 400 : 422);
  const { body } = answer as { body: { message: string[]; detail: { loc: string[] }[] } };
  const named = nestStock ? body.message.map((text) => text.split(' ')[0]) : body.detail.map(({ loc }) => loc.at(-1));
  expect(new Set(named)).toEqual(new Set(fields));
}
