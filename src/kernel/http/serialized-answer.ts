import type { Request, Response } from 'express';
import type { Caller } from '../access/access.js';
import { contextOf } from '../context/request-context.js';
import { entityTag } from '../context/preconditions.js';
import { Page } from '../database/page.js';
import type { VersionedRow } from '../database/versioned.js';
import { Answer } from './answer.js';
import { CACHE_HEADERS, cachePolicy, type CachePolicy } from './caching.js';
import type { Contract } from './contract.js';
import { linkHeader } from './link-header.js';
import { located } from './location.js';
import { isUnchanged, write } from './write.js';

/** An answer as it leaves. */
export class SerializedAnswer {
  constructor(
    readonly status: number,
    /** Its own header fields, names and values by turns. */
    readonly headers: readonly string[],
    /** JSON; undefined: none. */
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

  /** The same for Nest's own adapter: puts status and headers on the response, and returns what it is to send. */
  forNest(response: Response): string | undefined {
    response.status(this.status);
    for (let i = 0; i < this.headers.length; i += 2) response.setHeader(this.headers[i]!, this.headers[i + 1]!);
    for (const [name, value] of this.cachePolicy ? CACHE_HEADERS[this.cachePolicy] : [])
      response.setHeader(name, value);
    if (this.body !== undefined) response.type('application/json');
    return this.body;
  }
}

/** The status of the answer is none that its operation declares. */
export class UndeclaredStatusError extends Error {
  override readonly name = 'UndeclaredStatusError';
}

/**
 * What the contract lets out of what a handler gave. Throws ResponseModelError for what is not of the model,
 * UndeclaredStatusError, preconditionFailed.
 */
export function serializeAnswer(request: Request, contract: Contract, given: unknown): SerializedAnswer {
  const { serialize, returns, tagged, operationId } = contract;
  const { statusCode } = request.res!;
  if (statusCode !== returns.status) {
    throw new UndeclaredStatusError(
      `${operationId} declares ${returns.status}, not ${statusCode}: set it by @HttpCode or @Returns`,
    );
  }
  const { body, headers } = given instanceof Answer ? given : { body: given, headers: {} };
  const caller = contract.personal ? (request.user as Caller | undefined)?.id : undefined;
  const tag = tagged ? entityTag((body as VersionedRow).version, caller) : undefined;
  if (tag !== undefined && isUnchanged(request, tag))
    return new SerializedAnswer(304, ['ETag', tag], undefined, cachePolicy(contract));
  const page = body instanceof Page ? body : undefined;
  // first, since it may throw: the headers of a success are not those of a failure
  const text = returns.model === undefined ? undefined : serialize(page ? page.rows : body);
  const own = Object.entries(located(request, contract, headers)).flat();
  if (tag !== undefined) own.push('ETag', tag);
  if (page) own.push('Link', linkHeader(page.edges, request.originalUrl));
  return new SerializedAnswer(returns.status, own, text, tag === undefined ? undefined : cachePolicy(contract));
}
