import { isPlainCopy, isPlainObject } from '../common/plain-copy.js';
import { documentedProperties, type Type } from '../validation/model-metadata.js';

/** The return value of a handler that sets response headers, such as `Location`. */
export class ResponseWithHeaders<T> {
  constructor(
    readonly body: T,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

const NAMES: readonly string[] = ['body', 'headers'];

/**
 * Returns body and headers of a handler's result. An interceptor may have replaced a ResponseWithHeaders by a plain
 * copy. Another object with these properties is the body itself: the response model declares both, or they do not have
 * the types of a copy.
 */
export function partsOf(result: unknown, model: Type<object> | undefined): ResponseWithHeaders<unknown> {
  const isOne = result instanceof ResponseWithHeaders || isCopy(result, model);
  return isOne ? (result as ResponseWithHeaders<unknown>) : new ResponseWithHeaders(result, {});
}

function isCopy(result: unknown, model: Type<object> | undefined): boolean {
  if (!isPlainCopy(result, NAMES) || declaresBoth(model)) return false;
  const { body, headers } = result as Record<string, unknown>;
  const isBody = model === undefined ? body === undefined || body === null : typeof body === 'object' && body !== null;
  return isBody && isPlainObject(headers) && Object.values(headers).every((one) => typeof one === 'string');
}

function declaresBoth(model: Type<object> | undefined): boolean {
  const declared = model && documentedProperties(model);
  return declared !== undefined && NAMES.every((name) => declared.has(name));
}

/**
 * The return value of a POST handler that has created a resource. `location` is its path as controllers declare it; a
 * global prefix or the path of a RouterModule is added.
 */
export function created<T>(body: T, location: string): ResponseWithHeaders<T> {
  return new ResponseWithHeaders(body, { Location: location });
}
