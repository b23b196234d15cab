/**
 * A handler's result is not what its route declares: answered as 500 and logged, never sent. `place` says where in the
 * response: `.homes[1].city`.
 */
export class ResponseModelError extends Error {
  override readonly name = 'ResponseModelError';

  constructor(expected: string, value: unknown, place = '') {
    super(
      `The response${place} should be ${expected}, but is ${value === null ? 'null' : typeof value}, as the handler or an interceptor returned it`,
    );
  }
}
