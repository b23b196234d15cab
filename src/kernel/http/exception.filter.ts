import { Catch, HttpException, Inject, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { contextOf } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { databaseError } from '../errors/database-errors.js';
import { Denials, type DeniedRequest } from '../errors/denials.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { Logger } from '../logging/logger.js';
import { PATCH_MEDIA } from './check-inputs.js';
import { oauthError } from './oauth-error.js';
import { countIfRefused } from './refusals.js';
import { PROBLEM_JSON, problemOf, wantsProblem } from './problem.js';
import { stampTime } from './response.js';
import { write } from './write.js';

interface ErrorAnswer {
  readonly status: number;
  readonly detail: string | readonly FieldError[];
  /** The body that an HttpException brings instead of a message. */
  readonly body?: object | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The one place where errors become answers: `{"detail": …}` under the status that answerFor() gives them. An HttpException
 * with a body of its own keeps it: as the `detail` of a documented route, as FastAPI does it, and as it is on a plain one.
 */
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
    countIfRefused(error, status, contextOf(request));
    if (status >= 500 && !(error instanceof AppError)) this.logger.error(error, `${where} failed`);
    if (status === 403 && typeof detail === 'string') this.denials.publish(denied(request, where, detail));
  }

  private write(answer: ErrorAnswer, request: Request, response: Response): void {
    const context = contextOf(request);
    if (context) stampTime(context, response);
    const { status, headers: own } = answer;
    const headers = Object.entries(own).flat();
    if (status === 413) headers.push('Connection', 'close'); // the rest of the body is not read
    if (status === 415 && context?.contract?.mergeable) headers.push('Accept-Patch', PATCH_MEDIA.join(', ')); // RFC 5789 §2.2
    const problem = wantsProblem(request);
    const content = problem
      ? problemOf(status, answer.detail, context?.id ?? '', answer.body)
      : contentOf(answer, request);
    write(response, status, JSON.stringify(content), headers, problem ? PROBLEM_JSON : undefined);
  }
}

function contentOf(answer: ErrorAnswer, request: Request): object {
  const contract = contextOf(request)?.contract;
  if (contract === undefined && answer.body !== undefined) return answer.body;
  const error = contract?.returns.oauth ? oauthError(request, answer.status, answer.detail) : undefined;
  return { detail: detailOf(answer), error };
}

/** FastAPI takes any JSON as the detail of an error. */
function detailOf({ detail, body }: Pick<ErrorAnswer, 'detail' | 'body'>): unknown {
  if (body === undefined) return detail;
  return isStandard(body) ? body.message : body;
}

/** The template of the route that Express has found. */
export function routeOf({ route }: Pick<Request, 'route'>): string {
  const { path } = (route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : 'unrouted';
}

function denied(request: Request, route: string, why: string): DeniedRequest {
  const caller = request.user as { id: number } | undefined;
  return { user_id: caller?.id ?? null, route, why };
}

const INTERNAL: ErrorAnswer = { status: 500, detail: 'Internal server error', headers: {} };

/** Status, detail and headers of an error. What is not listed is an internal error, of which the caller learns nothing. */
export function answerFor(error: unknown): ErrorAnswer {
  const known = error instanceof HttpException ? error : (fromExpress(error) ?? databaseError(error));
  if (known instanceof ValidationFailed) return { status: 422, detail: known.errors, headers: {} };
  if (known === undefined || !isWritable(ownBody(known))) return INTERNAL;
  const status = known.getStatus();
  const own = known instanceof AppError ? known.headers : {};
  const headers = status === 503 ? { 'Retry-After': '1', ...own } : own;
  return { status, detail: sentenceOf(known), body: ownBody(known), headers };
}

/** What the exception says. Several sentences, as Nest's own ValidationPipe gives them, become one. */
function sentenceOf(error: HttpException): string {
  const response: unknown = error.getResponse();
  const message = isObject(response) ? (response as { message?: unknown }).message : response;
  if (isTexts(message)) return message.join('; ');
  return typeof message === 'string' ? message : (STATUS_CODES[error.getStatus()] ?? 'Error');
}

/** What an HttpException was given as its body; undefined for a message in the form that Nest gives it. */
function ownBody(error: HttpException): object | undefined {
  const body: unknown = error.getResponse();
  if (!isObject(body)) return undefined;
  return isStandard(body) && (typeof body.message === 'string' || isTexts(body.message)) ? undefined : body;
}

const STANDARD: ReadonlySet<string> = new Set(['statusCode', 'message', 'error']);

/** Whether a body is a message in the form that Nest gives it. */
function isStandard(body: object): body is { message: unknown } {
  return 'message' in body && body.message !== undefined && Object.keys(body).every((name) => STANDARD.has(name));
}

/** Whether JSON can be made of it: a circle or a bigint would break the answer to an error. */
function isWritable(body: object | undefined): boolean {
  try {
    return body === undefined || JSON.stringify(body) !== undefined;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
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
  const payload = { status: 'error', message: detailOf(answerFor(error)) };
  if (client.readyState === undefined) client.emit?.('exception', payload);
  else client.send?.(JSON.stringify({ event: 'exception', data: payload }));
}

type Sends = (event: string, payload: object) => void;
