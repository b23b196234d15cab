/**
 * An error that is an answer to the caller, no fault of ours: it is made for every bad request and nobody reads where,
 * so it takes down no stack, which costs more than all the rest of it.
 */
export abstract class Refusal extends Error {
  constructor(message?: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
