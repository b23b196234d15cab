import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { contextOf } from '../context/request-context.js';
import { Replay, type KeptAnswer } from '../idempotency/errors.js';
import { write } from './write.js';
import type { Logger } from '../logging/logger.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { AppError } from '../errors/app-error.js';
import { databaseError } from '../errors/database-errors.js';
import type { Denials, Denied } from '../errors/denials.js';
import { PROBLEM_JSON, problemOf, wantsProblem } from './problem.js';

interface ErrorAnswer {
  readonly status: number;
  readonly detail: string | readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The one place where errors become answers: `{"detail": …}` under the status that the table below gives them. */
@Catch()
export class AllExceptionsFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly denials: Denials,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const { keyed } = contextOf(host.switchToHttp().getRequest<Request>());
    this.answer(keyed ? await keyed.refused(error) : error, host);
  }

  private answer(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const context = contextOf(request);
    if (error instanceof Replay) return replay(response, error.answer);
    const answer = answerFor(error);
    if (answer.status >= 500 && !(error instanceof AppError))
      this.logger.error(error, `${request.method} ${context.route ?? 'unrouted'} failed`);
    if (answer.status === 403 && typeof answer.detail === 'string') this.denials.tell(denied(request, answer.detail));
    if (response.headersSent) {
      if (contextOf(request).timedOut) return;
      response.destroy(); // a stream broke in the middle: the client must not take it for the whole
      return;
    }
    const { status, detail } = answer;
    const headers = Object.entries(answer.headers).flat();
    if (status === 413) headers.push('Connection', 'close'); // the rest of the body is not read
    const problem = wantsProblem(request);
    const content = problem ? problemOf(status, detail, context.id) : { detail };
    write(response, status, JSON.stringify(content), headers, problem ? PROBLEM_JSON : undefined);
  }
}

/** The bytes of before. */
function replay(response: Response, { status, headers, body }: KeptAnswer): void {
  write(response, status, body, [...headers, 'Idempotency-Replayed', 'true']);
}

function denied(request: Request, why: string): Denied {
  const caller = request.user as { id: number } | undefined;
  const route = `${request.method} ${contextOf(request).route ?? 'unrouted'}`;
  return { user_id: caller?.id ?? null, route, why };
}

/** Status, detail and headers of an error. What is not listed is an internal error, of which the caller learns nothing. */
export function answerFor(error: unknown): ErrorAnswer {
  const ours = error instanceof AppError || error instanceof ValidationFailed;
  const known = ours ? error : (fromFramework(error) ?? databaseError(error));
  if (known instanceof ValidationFailed) return { status: 422, detail: known.errors, headers: {} };
  if (known) {
    const headers = known.status === 503 ? { 'Retry-After': '1', ...known.headers } : known.headers;
    return { status: known.status, detail: known.message, headers };
  }
  return { status: 500, detail: 'Internal server error', headers: {} };
}

/** Refusals of Nest and of Express's body reader, which are theirs to word; only the status phrase is passed on. */
function fromFramework(error: unknown): AppError | undefined {
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === undefined || status < 400 || status > 499) return undefined;
  return new AppError(STATUS_CODES[status] ?? 'Bad Request', status);
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('expose' in error) || !('status' in error)) return undefined;
  return error.expose === true ? Number(error.status) : undefined;
}
