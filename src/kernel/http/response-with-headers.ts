/** A body with response headers of its own, e.g. `Location`. */
export class ResponseWithHeaders<T> {
  constructor(
    readonly body: T,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/**
 * The answer to a POST that created something. `location` is its path as controllers declare it; a global prefix, or the
 * path of a RouterModule, is added to it.
 */
export function created<T>(body: T, location: string): ResponseWithHeaders<T> {
  return new ResponseWithHeaders(body, { Location: location });
}
