import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Config } from '../../config/config.js';
import { AccessGuard } from '../access/access.guard.js';
import { preconditionsOf } from '../context/preconditions.js';
import type { RequestContext } from '../context/request-context.js';
import { Logger } from '../logging/logger.js';
import { leaveMultipart, payloadOf, setPayload } from './body.middleware.js';
import { FORM_MEDIA } from './body.decorators.js';
import { JSON_MEDIA, unsupportedMediaType } from './check-inputs.js';
import { bodyInput, isConditional, type Contract } from './contract.js';
import { Contracts } from './contracts.js';
import { startDeadline } from './deadline.js';
import { bodyAccessOf, type BodyAccess } from './raw-inputs.js';
import { unsupportedEncoding, drainBody, payloadTooLarge } from './read-body.js';
import { contextFor } from './request-context.middleware.js';
import { unknownParametersWarning } from './unknown-query-parameters.js';
import { openUpload } from './upload.js';

/**
 * The first guard: finds the contract of the handler, starts the deadline of the response, and refuses a body that
 * cannot be parsed before the caller is authenticated: broken JSON is a 422 even without a token. Such a request counts
 * against the rate limit, too.
 */
@Injectable()
export class ContractGuard implements CanActivate {
  constructor(
    private readonly contracts: Contracts,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    private readonly access: AccessGuard,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const [request, response, next] = context.getArgs<[Request, Response, NextFunction]>();
    const contract = this.contracts.of(context.getClass(), context.getHandler());
    const requestContext = contextFor(request, response);
    if (contract !== undefined) this.begin(contract, requestContext, next);
    try {
      const reading = contract
        ? prepareBody(request, contract)
        : assertUnparsedBodyReadable(request, bodyAccessOf(context.getClass(), context.getHandler()));
      return reading instanceof Promise ? reading.catch((error: unknown) => this.refuse(error, context)) : reading;
    } catch (error) {
      return this.refuse(error, context);
    }
  }

  private begin(contract: Contract, requestContext: RequestContext, next: NextFunction): void {
    const request = requestContext.response.req;
    requestContext.contract = contract;
    if (isConditional(contract)) requestContext.preconditions = preconditionsOf(request.headers);
    // a stream may take minutes and has its own limit
    if (contract.returns.media !== undefined) requestContext.releaseSlot?.();
    const deadlineMs = this.contracts.deadlineOf(contract);
    if (deadlineMs !== undefined) startDeadline(requestContext, deadlineMs, next);
    if (!this.config.production) this.warnOfUnknownParameters(request, contract);
  }

  private async refuse(error: unknown, context: ExecutionContext): Promise<never> {
    await this.access.countRefused(context);
    throw error;
  }

  /** Warns of ignored parameters, which are usually a mistake in the client. */
  private warnOfUnknownParameters(request: Request, contract: Contract): void {
    const warning = unknownParametersWarning(request, contract);
    if (warning !== undefined) this.logger.warn(warning);
  }
}

function prepareBody(request: Request, contract: Contract): boolean | Promise<boolean> {
  const input = bodyInput(contract);
  if (input === undefined) return assertRawBodyReadable(request, contract.rawInputs.body);
  if (input.from === 'upload') return attachUpload(request, Object.keys(input.media));
  if (contract.takesMultipart) leaveMultipart(request);
  const { refusal, malformed, isJson } = payloadOf(request);
  if (refusal === 'encoded') throw unsupportedEncoding();
  if (refusal === 'too large') return refuseTooLarge(request);
  if (malformed && isJson === (input.from !== 'form')) throw malformed;
  return true;
}

/** For `@RawBody` without `@Body`: the bytes of JSON and forms are available. */
function assertRawBodyReadable(request: Request, access: BodyAccess): boolean | Promise<boolean> {
  if (access === 'bytes' && request.body === undefined && payloadOf(request).hasOtherMediaType)
    throw unsupportedMediaType([JSON_MEDIA, FORM_MEDIA]);
  return assertUnparsedBodyReadable(request, access);
}

/**
 * Refuses JSON and forms that could not be read, for a handler that may read the body itself. It may read bodies of
 * other media types as a stream.
 */
function assertUnparsedBodyReadable(request: Request, access: BodyAccess): boolean | Promise<boolean> {
  if (access === 'none' || request.body !== undefined) return true; // ignored, or read, also by another parser
  const { refusal, malformed, hasOtherMediaType } = payloadOf(request);
  if (malformed) throw malformed;
  if (hasOtherMediaType || refusal === undefined) return true;
  if (refusal === 'encoded') throw unsupportedEncoding();
  return refuseTooLarge(request);
}

async function attachUpload(request: Request, medias: readonly string[]): Promise<true> {
  setPayload(request, { isJson: false, upload: await openUpload(request, medias) });
  return true;
}

async function refuseTooLarge(request: Request): Promise<never> {
  await drainBody(request);
  throw payloadTooLarge();
}
