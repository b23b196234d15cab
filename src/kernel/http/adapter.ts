import { StreamableFile, type NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Application, type Request, type RequestHandler, type Response } from 'express';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { contextOf, type RequestContext } from '../context/request-context.js';
import { toOriginForm } from './request-head.js';
import { assertFileDeclared, createMessageClasses, securityHeaders, type HeaderSettings } from './message-classes.js';
import { SerializedResponse, serializeResponse } from './serialized-response.js';
import { handleParserErrors, limitServer, SERVER_OPTIONS, type OnRejected } from './server-limits.js';

// The HTTP adapter between Nest and Express.

/** Settings of AerieAdapter. */
export interface AdapterSettings extends HeaderSettings {
  /** The keep-alive timeout of idle connections. Longer than the load balancer's, so that the balancer closes them. */
  readonly keepAliveSeconds: number;
  readonly onRejected: OnRejected;
  /** Handles requests that match no route, instead of Nest's own 404. */
  readonly notFound?: RequestHandler;
  /** Replace Nest's own body parsers. */
  readonly parsers?: readonly RequestHandler[];
}

const DEFAULT_SETTINGS: AdapterSettings = { production: false, keepAliveSeconds: 65, onRejected: () => {} };

/**
 * Nest's ExpressAdapter with limits on the HTTP server and its own `reply`: a response that the response interceptor
 * has serialized is sent with one write, and a documented route cannot send anything else.
 */
export class AerieAdapter extends ExpressAdapter {
  private closing: Promise<void> | undefined;
  private isClosing = false;
  /**
   * The open connections, if `forceCloseConnections` is set. Includes WebSockets, which Node's server does not track.
   */
  private readonly connections = new Set<Socket>();

  constructor(
    instance: Application = express(),
    private readonly settings: AdapterSettings = DEFAULT_SETTINGS,
  ) {
    super(instance);
  }

  override initHttpServer(options: NestApplicationOptions = {}): void {
    const app = this.getInstance<Application>();
    const security = securityHeaders(this.settings);
    const serve = requestListener(app);
    const keepAliveTimeout = this.settings.keepAliveSeconds * 1000;
    const limits = { ...SERVER_OPTIONS, ...createMessageClasses(app, security), keepAliveTimeout };
    const server = options.httpsOptions
      ? createHttpsServer({ ...limits, ...options.httpsOptions }, serve)
      : createServer(limits, serve);
    server.on('checkExpectation', serve);
    limitServer(server);
    handleParserErrors(server, security, this.settings.onRejected);
    this.httpServer = server;
    if (options.forceCloseConnections) server.on('connection', (socket: Socket) => this.trackConnection(socket));
    if (options.return503OnClosing) this.use(this.refuseWhileClosing);
  }

  override registerParserMiddleware(prefix?: string, rawBody?: boolean): void {
    const { parsers } = this.settings;
    if (parsers) this.use(...parsers);
    else super.registerParserMiddleware(prefix, rawBody);
  }

  override setNotFoundHandler(...[handler, ...others]: Parameters<ExpressAdapter['setNotFoundHandler']>): unknown {
    if (this.settings.notFound) return this.use(this.settings.notFound);
    return super.setNotFoundHandler(handler, ...others);
  }

  override beforeClose(): void {
    super.beforeClose();
    this.isClosing = true;
  }

  /** Stops accepting connections. Resolves when the last one has ended. */
  override close(): Promise<void> {
    this.isClosing = true;
    for (const socket of this.connections) socket.destroy();
    this.closing ??= this.closeServer();
    return this.closing;
  }

  /**
   * Like `close`, but keeps idle connections open: http's `close()` ends them, even if a request is already on the
   * wire.
   */
  drain(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      NetServer.prototype.close.call(this.httpServer, () => {
        this.closing = undefined;
        resolve();
      });
    });
    return this.closing;
  }

  private async closeServer(): Promise<void> {
    await super.close();
    this.closing = undefined;
  }

  /**
   * The URL by which the request is routed. Nest compares it with the routes that a MiddlewareConsumer excludes: by the
   * URL as sent, `/orgs/7%2Fmembers` would count as `/orgs/:id`, but reach `/orgs/:id/members`.
   */
  override getRequestUrl(request: Request): string {
    return contextOf(request)?.url ?? super.getRequestUrl(request);
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const context = contextOf(response.req);
    if (context?.timedOut) return discard(body); // the request was answered when it timed out
    if (body instanceof SerializedResponse) return body.send(response);
    const status = statusCode ?? response.statusCode;
    if (context && status >= 400) return super.reply(response, toErrorBody(body), statusCode);
    const { contract } = context ?? {};
    if (contract === undefined) return super.reply(response, body, statusCode);
    if (contract.returns.media === undefined) return serializeResponse(response.req, contract, body).send(response);
    if (body === undefined) return undefined; // the handler writes the body itself
    if (body instanceof StreamableFile) refuseIfUndeclared(context!, body, status);
    return super.reply(response, body, statusCode);
  }

  private trackConnection(socket: Socket): void {
    this.connections.add(socket);
    socket.once('close', () => this.connections.delete(socket));
  }

  private readonly refuseWhileClosing: RequestHandler = (_request, response, next) => {
    if (!this.isClosing) return next();
    response.set('Connection', 'close').status(503).send('Service Unavailable');
  };
}

/** Throws UndeclaredResponseError, and closes the file, if the route does not declare its media type. */
function refuseIfUndeclared(context: RequestContext, file: StreamableFile, status: number): void {
  try {
    assertFileDeclared(context, file, status);
  } catch (error) {
    discard(file);
    throw error;
  }
}

/** Closes the stream of a file that is not sent. */
function discard(body: unknown): void {
  if (body instanceof StreamableFile) body.getStream().destroy();
}

/** Converts the body that Nest's own exception filter writes to `{"detail": …}`. */
function toErrorBody(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('statusCode' in body) || !('message' in body)) return body;
  return { detail: Array.isArray(body.message) ? body.message.join('; ') : body.message };
}

/** Normalizes the request target before Express reads it: Express fails for targets that are not paths. */
function requestListener(app: Application): RequestListener {
  return (request: IncomingMessage, response) => {
    toOriginForm(request);
    app(request as Request, response as Response);
  };
}
