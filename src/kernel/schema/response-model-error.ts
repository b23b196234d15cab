/**
 * Thrown if a handler's result does not match the declared response model. It is logged, and the response is a 500.
 * `place` is the location in the response: `.homes[1].city`.
 */
export class ResponseModelError extends Error {
  override readonly name = 'ResponseModelError';

  constructor(expected: string, value: unknown, place = '') {
    super(
      `The response${place} should be ${expected}, but is ${value === null ? 'null' : typeof value}, as the handler or an interceptor returned it`,
    );
  }
}
