import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError } from '../errors/app-error.js';
import { Admission, Overloaded, type AdmissionLimits } from './admission.js';
import { hasAccessRule } from './access.js';
import { Answer, Slice } from './answer.js';
import { bodyReader } from './body.js';
import { contractOf, type Contract } from './contract.js';
import { answerBegins, expectAnswer } from './deadline.js';
import { loopShare } from './event-loop.js';
import { exchangeOf, within } from './exchange.js';
import type { IdempotencyKeys } from '../idempotency/idempotency-keys.js';
import { answerHeaders, type HeaderSettings, securityHeaders } from './headers.js';
import { entityTag, judge, preconditionFailed, preconditionsOf } from './preconditions.js';
import { isBehindRefused, refusalOfHead, toOriginForm } from './request-head.js';
import { cameDuringRest, rest } from './rest.js';
import { RouteTable, type Found } from './route-table.js';
import { answerParserErrors, SERVER_LIMITS } from './server-limits.js';
import type { VersionedRow } from './versioned.js';
import { write, writeUnchanged } from './write.js';

interface Route {
  /** Its template. */
  readonly path: string;
  readonly contract: Contract;
  /** Reads the body, for a route that takes one. */
  readonly read: ((request: Request) => Promise<void>) | undefined;
  readonly handler: RequestHandler;
  /** Milliseconds for the handler to begin its answer; undefined where it writes a stream, or needs nobody. */
  readonly within: number | undefined;
}

export interface RequestLimits extends AdmissionLimits {
  /** Milliseconds that a handler may take. */
  readonly requestMs: number;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_URL_LENGTH = 8192;

/**
 * Nest's Express adapter with Aerie's manners: routes carry contracts, bodies are read before the guards, answers leave
 * through the compiled serializer in one write, every answer has the standard headers, and a wrong method is a 405.
 */
export class AerieAdapter extends ExpressAdapter {
  /** Of requests to routes that take them. */
  keys: IdempotencyKeys | undefined;
  private readonly routes = new RouteTable<Route>();
  private admission!: Admission;
  private closed: Promise<void> | undefined;

  constructor(
    private readonly settings: HeaderSettings,
    private readonly limits: RequestLimits,
  ) {
    const app = express();
    app.enable('case sensitive routing');
    app.disable('x-powered-by').disable('etag').set('query parser', false).set('trust proxy', settings.trustProxy);
    answerHeaders(app, settings);
    super(app);
    app.use((request: Request, response: Response, next: NextFunction) => this.open(request, response, next));
    for (const method of METHODS) this[method] = (...args: unknown[]) => this.register(method, args);
  }

  override initHttpServer(_options: NestApplicationOptions): void {
    const app = this.getInstance<express.Application>();
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      if (isBehindRefused(request)) return;
      toOriginForm(request);
      if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false; // Node loses what comes behind it
      app(request, response);
    };
    const server = createServer(SERVER_LIMITS, answer).on('checkExpectation', answer);
    server.maxHeadersCount = 100;
    server.maxRequestsPerSocket = 1000;
    server.maxConnections = 5000;
    answerParserErrors(server, securityHeaders(this.settings));
    this.admission = new Admission(this.limits, loopShare(server));
    this.httpServer = server;
  }

  /** From the first call on no connection is taken any more; done when the last one has ended. */
  override close(): Promise<void> {
    this.closed ??= super.close() as Promise<void>;
    return this.closed;
  }

  /** A path that plain Express handlers answer to GET: known to the 405s. */
  knows(path: string): void {
    this.routes.add('get', path);
  }

  private open(request: Request, response: Response, next: NextFunction): void {
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    if (request.url.includes('%')) request.url = normalizePath(request.url);
    within(request, { id, response, began: performance.now(), database_ms: 0 }, () => {
      const refusal = refusalOfHead(request);
      if (refusal) next(refusal);
      else if (request.url.length > MAX_URL_LENGTH) next(new AppError('The address is too long', 414));
      else if (request.path.includes('//')) next(new AppError('Not Found', 404)); // no parameter is empty
      else next();
    });
  }

  /** Nest registers its routes here, and everything with two arguments is one. */
  private register(method: (typeof METHODS)[number], args: unknown[]): unknown {
    const [path, handler] = args.length === 1 ? ['/', args[0]] : args;
    this.addRoute(method, path as string, handler as RequestHandler);
    return this;
  }

  private addRoute(method: (typeof METHODS)[number], path: string, handler: RequestHandler): void {
    const contract = contractOf(handler);
    if (contract?.returns === undefined) {
      throw new Error(`${method.toUpperCase()} ${path} declares no response: add @Returns to ${handler.name}`);
    }
    if (!hasAccessRule(handler)) {
      throw new Error(`${method.toUpperCase()} ${path}: say who may call ${handler.name} (@Public, @SignedIn, @Roles)`);
    }
    const { offline, media } = contract.returns;
    const isLong = media !== undefined || contract.inputs.some(({ from }) => from === 'upload'); // with a limit of its own
    const within = offline || isLong ? undefined : this.limits.requestMs;
    this.routes.add(method, path, { path, contract, read: bodyReader(contract), handler, within });
  }

  /** Comes last, after all routes are known. They are found here: Express's router would try one after the other. */
  override setNotFoundHandler(): void {
    this.use((request: Request, response: Response, next: NextFunction) => {
      const found = this.routes.find(request.method, request.path);
      if (found) return this.answer(found, request, response, next);
      const allowed = this.routes.methodsOf(request.path);
      if (allowed.length === 0) return next(new AppError('Not Found', 404));
      return next(new AppError('Method Not Allowed', 405, { Allow: allowed.join(', ') }));
    });
  }

  /**
   * Reads the body, if the route takes one, before Nest's guards, pipes and controller have their turn. Whoever would get
   * no place is refused before that; but the place is taken only when all has come, so that a slow sender keeps none.
   */
  private answer({ route, params }: Found<Route>, request: Request, response: Response, next: NextFunction): void {
    const { path, contract, read, handler } = route;
    const exchange = exchangeOf(request);
    exchange.contract = contract;
    exchange.route = path;
    if (contract.resource) exchange.preconditions = preconditionsOf(request.headers);
    if (contract.keyed) exchange.keyed = this.keys?.of(request, path);
    request.params = params;
    if (contract.returns!.vital) return void handler(request, response, next);
    const refuse = (error: Error) => {
      if (error instanceof Overloaded) rest(request, response);
      next(error);
    };
    if (this.admission.full) return refuse(new Overloaded());
    const isLate = cameDuringRest(request);
    const proceed = () => this.proceed(route, request, response, next);
    const entering = read ? read(request).then(() => this.admission.enter(isLate)) : this.admission.enter(isLate);
    if (entering) entering.then(proceed, refuse);
    else proceed();
  }

  /** A stream gives its place back as it begins: it may take minutes, and has a limit of its own. */
  private proceed(route: Route, request: Request, response: Response, next: NextFunction): void {
    const { contract, handler, within: ms } = route;
    const leave = () => this.admission.leave();
    if (request.socket.destroyed) return leave(); // gave up while it waited
    if (ms !== undefined) expectAnswer(exchangeOf(request), ms, next);
    const answered = Promise.resolve(handler(request, response, next));
    if (contract.returns!.media === undefined) void answered.finally(leave);
    else leave();
  }

  override reply(response: Response, body: unknown, status?: number): void | Promise<void> {
    const { contract, isLate } = exchangeOf(response.req);
    if (isLate) return;
    const code = status ?? response.statusCode;
    const success = contract?.returns?.status === code;
    if (success && contract.returns?.media !== undefined) return; // the handler has written it
    if (success) return this.replyDeclared(response, body, contract, code);
    write(response, code, JSON.stringify(body));
  }

  private replyDeclared(response: Response, given: unknown, contract: Contract, status: number): void | Promise<void> {
    const { serialize, returns, tagged } = contract;
    const { body, headers } = given instanceof Answer ? given : { body: given, headers: {} };
    const tag = tagged ? entityTag((body as VersionedRow).version) : undefined;
    if (tag !== undefined && isUnchanged(response.req, tag)) return writeUnchanged(response, tag);
    const slice = body instanceof Slice ? body : undefined;
    // first, since it may throw: the headers of a success are not those of a failure
    const text = returns?.model === undefined ? undefined : serialize!(slice ? slice.rows : body);
    const own = Object.entries(headers).flat();
    if (tag !== undefined) own.push('ETag', tag);
    if (slice) own.push('Link', slice.links(response.req.originalUrl));
    const exchange = exchangeOf(response.req);
    const { keyed } = exchange;
    if (keyed === undefined) return write(response, status, text, own);
    answerBegins(exchange); // what is committed now is not refused meanwhile
    return keyed.settle({ status, headers: own, body: text }).then(() => write(response, status, text, own));
  }
}

/** Whether who reads has this already. Throws preconditionFailed. Writes are judged before they write (database/write.ts). */
function isUnchanged(request: Request, tag: string): boolean {
  const { preconditions } = exchangeOf(request);
  if (preconditions === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const verdict = judge(preconditions, tag);
  if (verdict === 'failed') throw preconditionFailed();
  return verdict === 'unchanged';
}

/**
 * Percent-escapes of the path are undone before routes are matched, as in Starlette: a decoded `/` separates, and one
 * newline at the end is not seen.
 */
function normalizePath(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const decoded = new URLSearchParams(`p=${path.replaceAll('+', '%2B').replaceAll('&', '%26')}`)
    .get('p')!
    .replace(/\n$/, '');
  const encoded = decoded.split('/').map(encodeURIComponent).join('/');
  return at < 0 ? encoded : encoded + url.slice(at);
}
