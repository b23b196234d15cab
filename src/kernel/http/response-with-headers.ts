/** The return value of a handler that sets response headers, such as `Location`. */
export class ResponseWithHeaders<T> {
  constructor(
    readonly body: T,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/**
 * The return value of a POST handler that has created a resource. `location` is its path as controllers declare it; a
 * global prefix or the path of a RouterModule is added.
 */
export function created<T>(body: T, location: string): ResponseWithHeaders<T> {
  return new ResponseWithHeaders(body, { Location: location });
}
