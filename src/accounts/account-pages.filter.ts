import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../config/config.js';
import { contextOf } from '../kernel/context/request-context.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { errorResponseOf, reportError } from '../kernel/http/exception.filter.js';
import { freezeTimeHeaders } from '../kernel/http/message-classes.js';
import { Logger } from '../kernel/logging/logger.js';
import { formPage, PAGE_POLICY, RESET_PASSWORD, VERIFY_EMAIL } from './account-page.js';

const PREFIX = /^Value error, /;
const BAD_TOKEN = 'The link or code is wrong, has expired or was already used. Please request a new mail.';
const FAILED = 'Something went wrong. Please try again later.';

/** Shows any error as a page, with the form to try again. Logs and counts it as the global filter does. */
@Catch()
export class AccountPagesFilter implements ExceptionFilter {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const [request, response] = host.getArgs<[Request, Response]>();
    const { status, headers } = errorResponseOf(error);
    const context = contextOf(request);
    reportError(error, status, request, this.logger);
    if (response.headersSent) return; // the request was answered when it timed out
    if (context) freezeTimeHeaders(context, response);
    const form = request.path.endsWith('/verify-email') ? VERIFY_EMAIL : RESET_PASSWORD;
    response.set({ ...headers, 'Content-Security-Policy': PAGE_POLICY, 'Cache-Control': 'no-store' });
    response
      .status(status)
      .type('html')
      .send(formPage(form, this.config.values.PASSWORD_MIN_LENGTH, problemsOf(error, status)));
  }
}

/** Returns a sentence per problem, for people who do not know the API. */
function problemsOf(error: unknown, status: number): string[] {
  if (!(error instanceof HttpException)) return [FAILED];
  if (!(error instanceof ValidationFailed)) return [status === 400 ? BAD_TOKEN : `${error.message}.`];
  const sentences = error.errors.map(({ loc, msg }) => {
    if (loc.at(-1) !== 'new_password') return BAD_TOKEN;
    return `${msg.replace(PREFIX, '').replace(/^String/, 'The password')}.`;
  });
  return [...new Set(sentences)];
}
