import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Application, type Request, type RequestHandler, type Response } from 'express';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { contextOf } from '../context/request-context.js';
import { toOriginForm } from './request-head.js';
import { messageClasses, securityHeaders, type HeaderSettings } from './response.js';
import { SerializedAnswer, serializeAnswer } from './serialized-answer.js';
import { answerParserErrors, limitServer, SERVER_OPTIONS } from './server-limits.js';

export interface AdapterSettings extends HeaderSettings {
  /** Hears of what could not be read as a request. */
  readonly refused: (status: number, id: string) => void;
  /** Answers what no route serves, in the place of Nest's own 404. */
  readonly notFound?: RequestHandler;
}

const PLAIN: AdapterSettings = { production: false, refused: () => {} };

/**
 * Nest's Express adapter with limits on the server and its own `reply`: an answer that the response interceptor has
 * serialized leaves in one write, and nothing else leaves from a documented route. All else is ExpressAdapter's.
 */
export class AerieAdapter extends ExpressAdapter {
  private closed: Promise<void> | undefined;
  private isClosing = false;
  private forceClose = false;

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
    const classes = messageClasses(app, security);
    const server = options.httpsOptions
      ? createHttpsServer({ ...SERVER_OPTIONS, ...classes, ...options.httpsOptions }, serve)
      : createServer({ ...SERVER_OPTIONS, ...classes }, serve);
    server.on('checkExpectation', serve);
    limitServer(server);
    answerParserErrors(server, security, this.settings.refused);
    this.httpServer = server;
    this.forceClose = options.forceCloseConnections === true;
    if (options.return503OnClosing) this.use(this.refuseWhileClosing);
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
    const closing = super.close() as Promise<void>;
    if (this.forceClose) (this.getHttpServer() as Server).closeAllConnections();
    this.closed ??= closing;
    return this.closed;
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const context = contextOf(response.req);
    if (context?.timedOut) return undefined; // it was answered as too late
    if (body instanceof SerializedAnswer) return body.send(response);
    const { contract } = context ?? {};
    if (contract === undefined || (statusCode ?? response.statusCode) >= 400)
      return super.reply(response, body, statusCode);
    if (contract.returns.media === undefined) return serializeAnswer(response.req, contract, body).send(response);
    return body === undefined ? undefined : super.reply(response, body, statusCode); // undefined: the handler writes it
  }

  private readonly refuseWhileClosing: RequestHandler = (_request, response, next) => {
    if (!this.isClosing) return next();
    response.set('Connection', 'close').status(503).send('Service Unavailable');
  };
}

/** Express fails at targets that are no path, so they get their form before it sees them. */
function listener(app: Application): RequestListener {
  return (request: IncomingMessage, response) => {
    toOriginForm(request);
    app(request as Request, response as Response);
  };
}
