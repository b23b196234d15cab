import type { Request, Response } from 'express';
import type { Caller } from '../access/access.js';
import { contextOf } from '../context/request-context.js';
import { entityTag } from '../context/preconditions.js';
import { pageOf } from '../database/page.js';
import type { VersionedRow } from '../database/versioned.js';
import { CACHE_HEADERS, cachePolicy, type CachePolicy } from './caching.js';
import { partsOf } from './response-with-headers.js';
import type { Contract } from './contract.js';
import { clientUrl } from './forwarded-prefix.js';
import { pageHeaders } from './link-header.js';
import { withLocationPrefix } from './location-header.js';
import { isNotModified, notModifiedTag } from './not-modified.js';
import { writeResponse } from './write-response.js';

// Serializes what documented handlers return, and sends it.

/** A successful response that is ready to be sent. */
export class SerializedResponse {
  constructor(
    readonly status: number,
    /** The response's own headers as a flat list of names and values. */
    readonly headers: readonly string[],
    /** The JSON; undefined for a response without a body. */
    readonly body: string | undefined,
    private readonly cachePolicy?: CachePolicy,
  ) {}

  /** Sends it, with AerieAdapter. */
  send(response: Response): void {
    const context = contextOf(response.req);
    if (context) {
      context.isDeclared = true;
      context.cachePolicy = this.cachePolicy;
    }
    if (this.status === 304) response.writeHead(304, [...this.headers]).end();
    else writeResponse(response, this.status, this.body, [...this.headers]);
  }

  /** Sets status and headers, and returns the body for Nest's own adapter to send. */
  applyTo(response: Response): string | undefined {
    response.status(this.status);
    for (let i = 0; i < this.headers.length; i += 2) response.setHeader(this.headers[i]!, this.headers[i + 1]!);
    for (const [name, value] of this.cachePolicy ? CACHE_HEADERS[this.cachePolicy] : [])
      response.setHeader(name, value);
    if (this.body !== undefined) response.type('application/json');
    return this.body;
  }
}

/** Thrown when a handler has set another status than its route declares. */
export class UndeclaredStatusError extends Error {
  override readonly name = 'UndeclaredStatusError';
}

/**
 * Serializes the return value of a handler according to the contract of its route, with `ETag`, `Link` and `Location`;
 * a 304 if the client has the current version. Throws ResponseModelError for a value that does not match the response
 * model, UndeclaredStatusError, preconditionFailed.
 */
export function serializeResponse(request: Request, contract: Contract, result: unknown): SerializedResponse {
  const { serialize, returns, hasEntityTag, operationId } = contract;
  const { statusCode } = request.res!;
  if (statusCode !== returns.status) {
    throw new UndeclaredStatusError(
      `${operationId} declares ${returns.status}, not ${statusCode}: set it with @HttpCode or @Returns`,
    );
  }
  const { body, headers } = partsOf(result, returns.model);
  const caller = contract.variesByCaller ? (request.user as Caller | undefined)?.id : undefined;
  const tag = hasEntityTag ? entityTag((body as VersionedRow).version, caller) : undefined;
  if (tag !== undefined && isNotModified(request, tag))
    return new SerializedResponse(304, ['ETag', notModifiedTag(request, tag)], undefined, cachePolicy(contract));
  const page = returns.isArray ? pageOf(body) : undefined;
  const text = returns.model === undefined ? undefined : serialize(page ? page.rows : body);
  const own = Object.entries(withLocationPrefix(request, contract, headers)).flat();
  if (tag !== undefined) own.push('ETag', tag);
  if (page) own.push(...Object.entries(pageHeaders(page.info, clientUrl(request))).flat());
  return new SerializedResponse(returns.status, own, text, tag === undefined ? undefined : cachePolicy(contract));
}
