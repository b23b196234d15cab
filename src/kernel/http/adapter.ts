import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError } from '../errors/app-error.js';
import { Admission, Overloaded, type AdmissionLimits } from './admission.js';
import { hasAccessRule } from '../access/access.js';
import { Answer, linksOf } from './answer.js';
import { bodyReader } from './body.js';
import { contractOf, isConditional, type Contract } from './contract.js';
import { answerBegins, expectAnswer } from './deadline.js';
import { loopShare } from './event-loop.js';
import { contextOf, runInContext } from '../context/request-context.js';
import type { RequestLog } from '../logging/request-log.js';
import type { IdempotencyKeys } from '../idempotency/idempotency-keys.js';
import { idOf, readAddress, refusalOf } from './incoming.js';
import { messageClasses, securityHeaders, type HeaderSettings } from './messages.js';
import { entityTag, preconditionsOf } from '../context/preconditions.js';
import { isBehindRefused, toOriginForm } from './request-head.js';
import { cameDuringRest, rest } from './paused-reads.js';
import { RouteTable, type Found } from './route-table.js';
import { answerParserErrors, SERVER_LIMITS } from './server-limits.js';
import { Page } from '../database/page.js';
import type { VersionedRow } from '../database/versioned.js';
import { isUnchanged, write, writeUnchanged } from './write.js';

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

type Fail = (error: unknown) => void;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * Nest's Express adapter with Aerie's manners: routes carry contracts, bodies are read before the guards, answers leave
 * through the compiled serializer in one write, every answer has the standard headers, and a wrong method is a 405.
 */
export class AerieAdapter extends ExpressAdapter {
  /** Of requests to routes that take them. */
  keys: IdempotencyKeys | undefined;
  private readonly routes = new RouteTable<Route>();
  private readonly middleware: RequestHandler[] = [];
  private handleError!: ErrorRequestHandler;
  private admission!: Admission;
  private closed: Promise<void> | undefined;

  constructor(
    private readonly settings: HeaderSettings,
    private readonly limits: RequestLimits,
    private readonly log: RequestLog,
  ) {
    const app = express();
    app.enable('case sensitive routing');
    app.disable('x-powered-by').disable('etag').set('query parser', false).set('trust proxy', settings.trustProxy);
    super(app);
    for (const method of METHODS) this[method] = (...args: unknown[]) => this.register(method, args);
  }

  override initHttpServer(_options: NestApplicationOptions): void {
    const security = securityHeaders(this.settings);
    const classes = messageClasses(this.getInstance<express.Application>(), security);
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      this.serve(request as Request, response as Response);
    const server = createServer({ ...SERVER_LIMITS, ...classes }, serve).on('checkExpectation', serve);
    server.maxHeadersCount = 100;
    server.maxRequestsPerSocket = 1000;
    server.maxConnections = 5000;
    answerParserErrors(server, security, (status, id) => this.log.refused(status, id));
    this.admission = new Admission(this.limits, loopShare(server));
    this.httpServer = server;
  }

  /** From the first call on no connection is taken any more; done when the last one has ended. */
  override close(): Promise<void> {
    this.closed ??= super.close() as Promise<void>;
    return this.closed;
  }

  /** Whether a handler is at work on an answer. One that streams has begun its answer: all that it does is in it. */
  get isAnswering(): boolean {
    return !this.admission.empty;
  }

  /** A path that plain Express handlers answer to GET: known to the 405s. */
  knows(path: string): void {
    this.routes.add('get', path);
  }

  /** What has its turn before the route of every request. */
  override use(handler: RequestHandler, ...others: never[]): this {
    if (others.length > 0) throw new Error('Middleware is for all paths, and added one by one');
    this.middleware.push(handler);
    return this;
  }

  /** Every request begins here. */
  private serve(request: Request, response: Response): void {
    if (isBehindRefused(request)) return;
    toOriginForm(request);
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false; // Node loses what comes behind it
    request.res = response;
    runInContext(request, { id: idOf(request), response, began: performance.now(), database_ms: 0 }, () => {
      this.log.follow(request, response);
      readAddress(request);
      const refusal = refusalOf(request);
      if (refusal) this.fail(refusal, request, response);
      else this.pass(request, response, 0);
    });
  }

  /** On to the middleware of this number; behind the last comes the route. */
  private pass(request: Request, response: Response, at: number): void {
    try {
      const handler = this.middleware[at];
      if (handler === undefined) return this.route(request, response);
      const next = (error?: unknown) =>
        error ? this.fail(error, request, response) : this.pass(request, response, at + 1);
      void handler(request, response, next);
    } catch (error) {
      this.fail(error, request, response);
    }
  }

  private fail(error: unknown, request: Request, response: Response): void {
    void this.handleError(error, request, response, () => {});
  }

  /** Express has its turn only where no route answers: with the documentation, or as in setNotFoundHandler. */
  private route(request: Request, response: Response): void {
    const found = this.routes.find(request.method, request.path);
    if (found) this.answer(found, request, response, (error) => this.fail(error, request, response));
    else this.getInstance<express.Application>()(request, response);
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

  /** Comes last, after all routes are known: for what neither they nor Express's answer. */
  override setNotFoundHandler(): void {
    this.getInstance<express.Application>().use((request: Request) => {
      const allowed = this.routes.methodsOf(request.path);
      if (allowed.length === 0) throw new AppError('Not Found', 404);
      throw new AppError('Method Not Allowed', 405, { Allow: allowed.join(', ') });
    });
  }

  override setErrorHandler(handler: ErrorRequestHandler): void {
    this.handleError = handler;
    this.getInstance<express.Application>().use(handler);
  }

  /**
   * Reads the body, if the route takes one, before Nest's guards, pipes and controller have their turn. Whoever would get
   * no place is refused before that; but the place is taken only when all has come, so that a slow sender keeps none.
   */
  private answer({ route, params }: Found<Route>, request: Request, response: Response, fail: Fail): void {
    const { path, contract, read, handler } = route;
    const context = contextOf(request);
    context.contract = contract;
    context.route = path;
    if (isConditional(contract)) context.preconditions = preconditionsOf(request.headers);
    if (contract.keyed) context.keyed = this.keys?.of(request, path);
    request.params = params;
    if (contract.returns!.vital) return void handler(request, response, fail);
    const refuse = (error: Error) => {
      if (error instanceof Overloaded) rest(request, response);
      fail(error);
    };
    if (this.admission.full) return refuse(new Overloaded());
    const isLate = cameDuringRest(request);
    const proceed = () => this.proceed(route, request, response, fail);
    const entering = read ? read(request).then(() => this.admission.enter(isLate)) : this.admission.enter(isLate);
    if (entering) entering.then(proceed, refuse);
    else proceed();
  }

  /** A stream gives its place back as it begins: it may take minutes, and has a limit of its own. */
  private proceed(route: Route, request: Request, response: Response, fail: Fail): void {
    const { contract, handler, within: ms } = route;
    const leave = () => this.admission.leave();
    if (request.socket.destroyed) return leave(); // gave up while it waited
    if (ms !== undefined) expectAnswer(contextOf(request), ms, fail);
    const answered = Promise.resolve(handler(request, response, fail));
    if (contract.returns!.media !== undefined) return leave();
    answered.catch(fail).then(leave, leave);
  }

  override reply(response: Response, body: unknown, status?: number): void | Promise<void> {
    const { contract, timedOut } = contextOf(response.req);
    if (timedOut) return;
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
    const page = body instanceof Page ? body : undefined;
    // first, since it may throw: the headers of a success are not those of a failure
    const text = returns?.model === undefined ? undefined : serialize!(page ? page.rows : body);
    const own = Object.entries(headers).flat();
    if (tag !== undefined) own.push('ETag', tag);
    if (page) own.push('Link', linksOf(page, response.req.originalUrl));
    const context = contextOf(response.req);
    const { keyed } = context;
    if (keyed === undefined) return write(response, status, text, own);
    answerBegins(context); // what is committed now is not refused meanwhile
    return keyed.settle({ status, headers: own, body: text }).then(() => write(response, status, text, own));
  }
}
