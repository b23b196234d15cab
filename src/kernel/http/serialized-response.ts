import type { Request, Response } from 'express';
import type { Caller } from '../access/access.js';
import { contextOf } from '../context/request-context.js';
import { entityTag } from '../context/preconditions.js';
import { Page } from '../database/page.js';
import type { VersionedRow } from '../database/versioned.js';
import { CACHE_HEADERS, cachePolicy, type CachePolicy } from './caching.js';
import { ResponseWithHeaders } from './response-with-headers.js';
import type { Contract } from './contract.js';
import { clientUrl } from './forwarded-prefix.js';
import { pageHeaders } from './link-header.js';
import { located } from './location.js';
import { isUnchanged, keptTag, write } from './write.js';

/** A successful response that is ready to be sent: its status, its own headers and its JSON. */
export class SerializedResponse {
  constructor(
    readonly status: number,
    /** A flat list of names and values. */
    readonly headers: readonly string[],
    /** JSON; undefined for a response without a body. */
    readonly body: string | undefined,
    private readonly cachePolicy?: CachePolicy,
  ) {}

  send(response: Response): void {
    const context = contextOf(response.req);
    if (context) {
      context.isDeclared = true;
      context.cachePolicy = this.cachePolicy;
    }
    if (this.status === 304) response.writeHead(304, [...this.headers]).end();
    else write(response, this.status, this.body, [...this.headers]);
  }

  /** Sets status and headers, and returns the body, which Nest's own adapter sends. */
  forNest(response: Response): string | undefined {
    response.status(this.status);
    for (let i = 0; i < this.headers.length; i += 2) response.setHeader(this.headers[i]!, this.headers[i + 1]!);
    for (const [name, value] of this.cachePolicy ? CACHE_HEADERS[this.cachePolicy] : [])
      response.setHeader(name, value);
    if (this.body !== undefined) response.type('application/json');
    return this.body;
  }
}

/** The handler has set another status than its route declares. */
export class UndeclaredStatusError extends Error {
  override readonly name = 'UndeclaredStatusError';
}

/**
 * Serializes what a handler returned by the contract of its route; 304 for what the client has already. Throws
 * ResponseModelError for a value that is not of the response model, UndeclaredStatusError, preconditionFailed.
 */
export function serializeResponse(request: Request, contract: Contract, given: unknown): SerializedResponse {
  const { serialize, returns, tagged, operationId } = contract;
  const { statusCode } = request.res!;
  if (statusCode !== returns.status) {
    throw new UndeclaredStatusError(
      `${operationId} declares ${returns.status}, not ${statusCode}: set it by @HttpCode or @Returns`,
    );
  }
  const { body, headers } = given instanceof ResponseWithHeaders ? given : { body: given, headers: {} };
  const caller = contract.personal ? (request.user as Caller | undefined)?.id : undefined;
  const tag = tagged ? entityTag((body as VersionedRow).version, caller) : undefined;
  if (tag !== undefined && isUnchanged(request, tag))
    return new SerializedResponse(304, ['ETag', keptTag(request, tag)], undefined, cachePolicy(contract));
  const page = body instanceof Page ? body : undefined;
  const text = returns.model === undefined ? undefined : serialize(page ? page.rows : body);
  const own = Object.entries(located(request, contract, headers)).flat();
  if (tag !== undefined) own.push('ETag', tag);
  if (page) own.push(...Object.entries(pageHeaders(page.info, clientUrl(request))).flat());
  return new SerializedResponse(returns.status, own, text, tag === undefined ? undefined : cachePolicy(contract));
}
