import type { SpanContext } from '@opentelemetry/api';

// `traceparent` of W3C Trace Context: which trace a request or a job belongs to.

const TRACE_PARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * Parses a `traceparent`. Returns undefined if it is invalid. Versions after 00 may have further fields at the end,
 * version 00 may not.
 */
export function parseTraceParent(traceparent: unknown): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId, spanId, flags, more] = TRACE_PARENT.exec(traceparent) ?? [];
  if (traceId === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16) & SAMPLED, isRemote: true };
}

export function formatTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`;
}
