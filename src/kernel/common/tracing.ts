import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type ProxyTracerProvider,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { RELEASE } from './release.js';

// OpenTelemetry spans, if the operator has registered a tracer provider. Without one, tracing costs a comparison.

const tracer = registeredTracer();

/** Whether a provider was registered before Aerie was loaded, as by `--import`. */
export const isTracing = tracer !== undefined;

function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider() as Partial<ProxyTracerProvider>;
  return provider.getDelegateTracer?.('aerie', RELEASE);
}

/** Runs `work` in a span. An error is recorded by its type only, since messages may contain values. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer === undefined ? work() : runInSpan(context.active(), SpanKind.INTERNAL, name, attributes, work);
}

/** The same for queued work: `parent` is the span context of the code that queued it. */
export function inQueuedSpan<T>(
  parent: SpanContext | undefined,
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return work();
  const queued = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  return runInSpan(queued, SpanKind.CONSUMER, name, attributes, work);
}

async function runInSpan<T>(
  parent: Context,
  kind: SpanKind,
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const span = tracer!.startSpan(name, { kind, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks the active span as failed, for an error that is not thrown. */
export function failActiveSpan(error: unknown): void {
  const span = tracer && trace.getActiveSpan();
  if (span) fail(span, error);
}

/**
 * Starts the span of a call to another program, such as a database, within an active span. Returns a function that ends
 * it.
 */
export function startClientSpan(name: string, attributes: Attributes): ((error?: unknown) => void) | undefined {
  if (tracer === undefined || trace.getActiveSpan() === undefined) return undefined;
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  return (error) => {
    if (error) fail(span, error);
    span.end();
  };
}

/** Binds a callback to the span that is active now. */
export function bindToActiveSpan<T extends (...args: never[]) => unknown>(work: T): T {
  return tracer === undefined ? work : context.bind(context.active(), work);
}

/** Returns the active span context. */
export function activeSpanContext(): SpanContext | undefined {
  return tracer && trace.getActiveSpan()?.spanContext();
}

/**
 * Starts the span of a request as a child of the caller's span. If the operator's own instrumentation has one already,
 * returns that.
 */
export function startRequestSpan(headers: object): Span | undefined {
  if (tracer === undefined) return undefined;
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  return trace.getActiveSpan() ?? tracer.startSpan('request', { kind: SpanKind.SERVER }, parent);
}

/** Runs `work` in the span. */
export function runWithSpan(span: Span, work: () => void): void {
  context.with(trace.setSpan(context.active(), span), work);
}

/** Ends the span of a request with the status of its response. */
export function endRequestSpan(span: Span, name: string, status: number, attributes: Attributes): void {
  span.updateName(name).setAttributes({ ...attributes, 'http.response.status_code': status });
  if (status >= 500) span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function fail(span: Span, error: unknown): void {
  const { code } = error as { readonly code?: unknown };
  const type = error instanceof Error ? error.name : '_OTHER';
  span.setAttribute('error.type', typeof code === 'string' ? code : type).setStatus({ code: SpanStatusCode.ERROR });
}
