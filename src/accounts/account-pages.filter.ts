import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Config } from '../config/config.js';
import { contextOf } from '../kernel/context/request-context.js';
import { ValidationFailed } from '../kernel/errors/validation-failed.js';
import { errorResponseOf } from '../kernel/http/exception.filter.js';
import { fixTimeHeaders } from '../kernel/http/message-classes.js';
import { formPage, PAGE_POLICY, RESET_PASSWORD, VERIFY_EMAIL } from './account-page.js';

const PREFIX = /^Value error, /;
const BAD_LINK = 'This link is not valid any more. Please request a new one.';

/** Shows an error as a page, with the form to try again. The global filter handles errors other than HttpException. */
@Catch(HttpException)
export class AccountPagesFilter implements ExceptionFilter {
  constructor(@Inject(Config) private readonly config: Config) {}

  catch(error: HttpException, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { status, headers } = errorResponseOf(error);
    const context = contextOf(request);
    if (context) fixTimeHeaders(context, response);
    const form = request.path.endsWith('/verify-email') ? VERIFY_EMAIL : RESET_PASSWORD;
    response.set({ ...headers, 'Content-Security-Policy': PAGE_POLICY, 'Cache-Control': 'no-store' });
    response
      .status(status)
      .type('html')
      .send(formPage(form, this.config.values.PASSWORD_MIN_LENGTH, problemsOf(error)));
  }
}

/** Returns a sentence per problem, for people who do not know the API. */
function problemsOf(error: HttpException): string[] {
  if (!(error instanceof ValidationFailed)) return [error.getStatus() === 400 ? BAD_LINK : `${error.message}.`];
  const sentences = error.errors.map(({ loc, msg }) => {
    if (loc.at(-1) !== 'new_password') return BAD_LINK;
    return `${msg.replace(PREFIX, '').replace(/^String/, 'The password')}.`;
  });
  return [...new Set(sentences)];
}
