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
import { countErrorIfRefusal } from './refusal-metric.js';
import { PROBLEM_JSON, problemOf, wantsProblem } from './problem-details.js';
import { assertNoEntity, freezeTimeHeaders } from './message-classes.js';
import { writeResponse } from './write-response.js';

// Converts exceptions to error responses.

/** The parts of an error response. */
interface ErrorResponse {
  readonly status: number;
  readonly detail: string | readonly FieldError[];
  /** The custom body of an HttpException, if it has one instead of a message. */
  readonly body?: object | undefined;
  /** The `errorCode` of an HttpException with a message. */
  readonly errorCode?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The global exception filter: every error becomes a response `{"detail": …}` with the status from errorResponseOf().
 * The custom body of an HttpException becomes the `detail` on documented routes, as in FastAPI, and is sent unchanged
 * on others.
 */
@Catch()
@Injectable()
export class AllExceptionsFilter implements ExceptionFilter {
  constructor(
    @Inject(Logger) private readonly logger: Logger,
    private readonly denials: Denials,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() === 'ws') return sendToWebSocket(error, host);
    const [request, response] = host.getArgs<[Request, Response]>();
    const { answer, cause } = withoutEntity(error, request);
    this.report(cause, answer, request);
    if (!response.headersSent) this.send(answer, request, response);
    else if (!contextOf(request)?.timedOut) response.destroy(); // a stream failed: the client must notice it
  }

  private report(error: unknown, { status, detail }: ErrorResponse, request: Request): void {
    const where = `${request.method} ${routeOf(request)}`;
    reportError(error, status, request, this.logger);
    if (status === 403 && typeof detail === 'string') this.denials.publish(deniedRequest(request, where, detail));
  }

  private send(answer: ErrorResponse, request: Request, response: Response): void {
    const context = contextOf(request);
    if (context) freezeTimeHeaders(context, response);
    const { status, headers: own } = answer;
    const headers = Object.entries(own).flat();
    if (status === 413) headers.push('Connection', 'close'); // the rest of the body is not read
    // RFC 5789 §2.2
    if (status === 415 && context?.contract?.acceptsMergePatch) headers.push('Accept-Patch', PATCH_MEDIA.join(', '));
    const problem = wantsProblem(request);
    const content = problem
      ? problemOf(status, answer.detail, context?.id ?? '', { body: answer.body, errorCode: answer.errorCode })
      : bodyOf(answer, request);
    writeResponse(response, status, JSON.stringify(content), headers, problem ? PROBLEM_JSON : undefined);
  }
}

/** Returns the response to an error; to one whose body contains an entity, that of the error which says so. */
function withoutEntity(error: unknown, request: Request): { answer: ErrorResponse; cause: unknown } {
  const answer = errorResponseOf(error);
  try {
    assertNoEntity(contextOf(request), answer.body);
    return { answer, cause: error };
  } catch (cause) {
    return { answer: INTERNAL, cause };
  }
}

function bodyOf(answer: ErrorResponse, request: Request): object {
  const contract = contextOf(request)?.contract;
  if (contract === undefined && answer.body !== undefined) return answer.body;
  const error = contract?.returns.errorCode?.(request, answer.status, answer.detail);
  return { detail: detailOf(answer), error, errorCode: answer.errorCode };
}

/** The `detail` may be any JSON, as in FastAPI. */
function detailOf({ detail, body }: Pick<ErrorResponse, 'detail' | 'body'>): unknown {
  if (body === undefined) return detail;
  return isNestBody(body) ? body.message : body;
}

/** Counts an error response that refuses the request, and logs an unexpected error. */
export function reportError(error: unknown, status: number, request: Request, logger: Logger): void {
  countErrorIfRefusal(error, status, contextOf(request));
  if (status >= 500 && !(error instanceof AppError))
    logger.error(error, `${request.method} ${routeOf(request)} failed`);
}

/** Returns the template of the matched route (`/users/:user_id`), or `unrouted`. */
export function routeOf({ route }: Pick<Request, 'route'>): string {
  const { path } = (route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : 'unrouted';
}

function deniedRequest(request: Request, route: string, why: string): DeniedRequest {
  const caller = request.user as { id: number } | undefined;
  return { user_id: caller?.id ?? null, route, why };
}

const INTERNAL: ErrorResponse = { status: 500, detail: 'Internal server error', headers: {} };

/** Returns status, detail and headers for an error. Unknown errors become a 500 that reveals nothing. */
export function errorResponseOf(error: unknown): ErrorResponse {
  const known = error instanceof HttpException ? error : (fromHttpErrors(error) ?? databaseError(error));
  if (known instanceof ValidationFailed) return { status: 422, detail: known.errors, headers: {} };
  if (known === undefined || !isSerializable(customBody(known))) return INTERNAL;
  const status = known.getStatus();
  const own = known instanceof AppError ? known.headers : {};
  const headers = status === 503 ? { 'Retry-After': '1', ...own } : own;
  const body = customBody(known);
  const isCustom = body !== undefined && !isNestBody(body); // Nest sends it without the code
  return { status, detail: messageOf(known), body, errorCode: isCustom ? undefined : known.errorCode, headers };
}

/** The message of an HttpException. An array of messages, as from Nest's ValidationPipe, is joined. */
function messageOf(error: HttpException): string {
  const response: unknown = error.getResponse();
  const message = isObject(response) ? (response as { message?: unknown }).message : response;
  if (isTexts(message)) return message.join('; ');
  return typeof message === 'string' ? message : (STATUS_CODES[error.getStatus()] ?? 'Error');
}

/** The custom body of an HttpException; undefined if it is Nest's standard body with a message. */
function customBody(error: HttpException): object | undefined {
  const body: unknown = error.getResponse();
  if (!isObject(body)) return undefined;
  return isNestBody(body) && (typeof body.message === 'string' || isTexts(body.message)) ? undefined : body;
}

const NEST_BODY_FIELDS: ReadonlySet<string> = new Set(['statusCode', 'message', 'error', 'errorCode']);

/** Whether a body is Nest's standard one: `statusCode`, `message`, `error`, `errorCode`. */
function isNestBody(body: object): body is { message: unknown } {
  return (
    'message' in body && body.message !== undefined && Object.keys(body).every((name) => NEST_BODY_FIELDS.has(name))
  );
}

/** Whether a body can be serialized. A circular reference or a bigint would make the error response fail. */
function isSerializable(body: object | undefined): boolean {
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

/** Converts errors of Express and its middleware (`http-errors`) that are marked as safe to expose. */
function fromHttpErrors(error: unknown): HttpException | undefined {
  if (!(error instanceof Error) || !('expose' in error) || !('status' in error) || error.expose !== true)
    return undefined;
  const status = Number(error.status);
  return status >= 400 && status <= 499 ? new AppError(error.message, status) : undefined;
}

/** Sends the error to the client of a WebSocket gateway as an `exception` event, as Nest's own filter does. */
function sendToWebSocket(error: unknown, host: ArgumentsHost): void {
  const client = host
    .switchToWs()
    .getClient<{ emit?: EmitEvent; send?: (text: string) => void; readyState?: number }>();
  const payload = { status: 'error', message: detailOf(errorResponseOf(error)) };
  if (client.readyState === undefined) client.emit?.('exception', payload);
  else client.send?.(JSON.stringify({ event: 'exception', data: payload }));
}

type EmitEvent = (event: string, payload: object) => void;
