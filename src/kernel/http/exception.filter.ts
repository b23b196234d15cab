import { Catch, HttpException, Inject, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { databaseError } from '../errors/database-errors.js';
import { Denials, type Denied } from '../errors/denials.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { Logger } from '../logging/logger.js';
import { oauthError } from './oauth-error.js';
import { PROBLEM_JSON, problemOf, wantsProblem } from './problem.js';
import { stampTime } from './response.js';
import { write } from './write.js';

interface ErrorAnswer {
  readonly status: number;
  readonly detail: string | readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The one place where errors become answers: `{"detail": …}` under the status that answerFor() gives them. */
@Catch()
@Injectable()
export class AllExceptionsFilter implements ExceptionFilter {
  constructor(
    @Inject(Logger) private readonly logger: Logger,
    private readonly denials: Denials,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() === 'ws') return tellGateway(error, host);
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const answer = answerFor(error);
    this.tell(error, answer, request);
    if (!response.headersSent) this.write(answer, request, response);
    else if (!contextOf(request)?.timedOut) response.destroy(); // a stream broke in the middle: the client must not take it for the whole
  }

  private tell(error: unknown, { status, detail }: ErrorAnswer, request: Request): void {
    const where = `${request.method} ${routeOf(request)}`;
    if (status >= 500 && !(error instanceof AppError)) this.logger.error(error, `${where} failed`);
    if (status === 403 && typeof detail === 'string') this.denials.tell(denied(request, where, detail));
  }

  private write({ status, detail, headers: own }: ErrorAnswer, request: Request, response: Response): void {
    const context = contextOf(request);
    if (context) stampTime(context, response);
    const headers = Object.entries(own).flat();
    if (status === 413) headers.push('Connection', 'close'); // the rest of the body is not read
    const problem = wantsProblem(request);
    const error = context?.contract?.returns.oauth ? oauthError(request, status, detail) : undefined;
    const content = problem ? problemOf(status, detail, context?.id ?? '') : { detail, error };
    write(response, status, JSON.stringify(content), headers, problem ? PROBLEM_JSON : undefined);
  }
}

/** The template of the route that Express has found. */
export function routeOf({ route }: Pick<Request, 'route'>): string {
  const { path } = (route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : 'unrouted';
}

function denied(request: Request, route: string, why: string): Denied {
  const caller = request.user as { id: number } | undefined;
  return { user_id: caller?.id ?? null, route, why };
}

/** Status, detail and headers of an error. What is not listed is an internal error, of which the caller learns nothing. */
export function answerFor(error: unknown): ErrorAnswer {
  const known = error instanceof HttpException ? error : (fromExpress(error) ?? databaseError(error));
  if (known instanceof ValidationFailed) return { status: 422, detail: known.errors, headers: {} };
  if (known === undefined) return { status: 500, detail: 'Internal server error', headers: {} };
  const status = known.getStatus();
  const own = known instanceof AppError ? known.headers : {};
  return { status, detail: sentenceOf(known), headers: status === 503 ? { 'Retry-After': '1', ...own } : own };
}

/** What the exception says. Several sentences, as Nest's own ValidationPipe gives them, become one. */
function sentenceOf(error: HttpException): string {
  const response = error.getResponse();
  const message = typeof response === 'object' ? (response as { message?: unknown }).message : response;
  if (Array.isArray(message)) return message.join('; ');
  return message === undefined ? (STATUS_CODES[error.getStatus()] ?? 'Error') : error.message;
}

/** Errors of Express and its middleware (`http-errors`), as far as they say that they may be shown. */
function fromExpress(error: unknown): HttpException | undefined {
  if (!(error instanceof Error) || !('expose' in error) || !('status' in error) || error.expose !== true)
    return undefined;
  const status = Number(error.status);
  return status >= 400 && status <= 499 ? new AppError(error.message, status) : undefined;
}

/** A client of a WebSocket gateway hears of it as an event, as Nest's own filter does it. */
function tellGateway(error: unknown, host: ArgumentsHost): void {
  const client = host.switchToWs().getClient<{ emit?: Sends; send?: (text: string) => void; readyState?: number }>();
  const payload = { status: 'error', message: answerFor(error).detail };
  if (client.readyState === undefined) client.emit?.('exception', payload);
  else client.send?.(JSON.stringify({ event: 'exception', data: payload }));
}

type Sends = (event: string, payload: object) => void;
