import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Application, type Request, type RequestHandler, type Response } from 'express';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { contextOf } from '../context/request-context.js';
import { toOriginForm } from './request-head.js';
import { messageClasses, securityHeaders, type HeaderSettings } from './response.js';
import { SerializedResponse, serializeResponse } from './serialized-response.js';
import { answerParserErrors, limitServer, SERVER_OPTIONS, type Refused } from './server-limits.js';

export interface AdapterSettings extends HeaderSettings {
  /** Of an idle connection; longer than a balancer's, so that it is the one who closes. */
  readonly keepAliveSeconds: number;
  readonly refused: Refused;
  /** Answers what no route serves, in the place of Nest's own 404. */
  readonly notFound?: RequestHandler;
  /** In the place of Nest's own body parsers. */
  readonly parsers?: readonly RequestHandler[];
}

const PLAIN: AdapterSettings = { production: false, keepAliveSeconds: 65, refused: () => {} };

/**
 * Nest's Express adapter with limits on the server and its own `reply`: an answer that the response interceptor has
 * serialized leaves in one write, and nothing else leaves from a documented route. All else is ExpressAdapter's.
 */
export class AerieAdapter extends ExpressAdapter {
  private closing: Promise<void> | undefined;
  private isClosing = false;
  /** Those that are open, where `forceCloseConnections` asks for it: sockets of a gateway, too, which the server forgets. */
  private readonly connections = new Set<Socket>();

  constructor(
    instance: Application = express(),
    private readonly settings: AdapterSettings = PLAIN,
  ) {
    super(instance);
  }

  override initHttpServer(options: NestApplicationOptions = {}): void {
    const app = this.getInstance<Application>();
    const security = securityHeaders(this.settings);
    const serve = listener(app);
    const keepAliveTimeout = this.settings.keepAliveSeconds * 1000;
    const limits = { ...SERVER_OPTIONS, ...messageClasses(app, security), keepAliveTimeout };
    const server = options.httpsOptions
      ? createHttpsServer({ ...limits, ...options.httpsOptions }, serve)
      : createServer(limits, serve);
    server.on('checkExpectation', serve);
    limitServer(server);
    answerParserErrors(server, security, this.settings.refused);
    this.httpServer = server;
    if (options.forceCloseConnections) server.on('connection', (socket: Socket) => this.follow(socket));
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

  /** From the first call on no connection is taken any more; done when the last one has ended. */
  override close(): Promise<void> {
    this.isClosing = true;
    for (const socket of this.connections) socket.destroy();
    this.closing ??= this.closed();
    return this.closing;
  }

  /** The same, but nobody is hung up on: http's own close() ends connections under requests that are on their way. */
  drain(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      NetServer.prototype.close.call(this.httpServer, () => {
        this.closing = undefined;
        resolve();
      });
    });
    return this.closing;
  }

  private async closed(): Promise<void> {
    await super.close();
    this.closing = undefined;
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const context = contextOf(response.req);
    if (context?.timedOut) return undefined; // it was answered as too late
    if (body instanceof SerializedResponse) return body.send(response);
    const status = statusCode ?? response.statusCode;
    if (context && status >= 400) return super.reply(response, errorBody(body), statusCode);
    const { contract } = context ?? {};
    if (contract === undefined) return super.reply(response, body, statusCode);
    if (contract.returns.media === undefined) return serializeResponse(response.req, contract, body).send(response);
    return body === undefined ? undefined : super.reply(response, body, statusCode); // undefined: the handler writes it
  }

  private follow(socket: Socket): void {
    this.connections.add(socket);
    socket.once('close', () => this.connections.delete(socket));
  }

  private readonly refuseWhileClosing: RequestHandler = (_request, response, next) => {
    if (!this.isClosing) return next();
    response.set('Connection', 'close').status(503).send('Service Unavailable');
  };
}

/** What Nest's own exception filter writes, in the form of all errors. */
function errorBody(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('statusCode' in body) || !('message' in body)) return body;
  return { detail: Array.isArray(body.message) ? body.message.join('; ') : body.message };
}

/** Express fails at targets that are no path, so they get their form before it sees them. */
function listener(app: Application): RequestListener {
  return (request: IncomingMessage, response) => {
    toOriginForm(request);
    app(request as Request, response as Response);
  };
}
