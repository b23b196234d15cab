const TRACE_PARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.*)?$/;

/**
 * The id of the trace that a request belongs to, by its `traceparent` (W3C Trace Context); undefined without a valid one.
 * Versions after 00 may say more at the end, 00 itself may not.
 */
export function traceIdOf(traceparent: unknown): string | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, id, more] = TRACE_PARENT.exec(traceparent) ?? [];
  return version === '00' && more !== undefined ? undefined : id;
}
