// Preloaded into a program under test (`--import`), as operators preload an exporter. Writes each finished span as a
// line into the file SPANS_FILE.
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { appendFileSync } from 'node:fs';

const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { traceId, spanId } = span.spanContext();
      const parentId = span.parentSpanContext?.spanId;
      const { name, kind, attributes, status } = span;
      const line = JSON.stringify({ traceId, spanId, parentId, name, kind, attributes, status });
      appendFileSync(process.env.SPANS_FILE, `${line}\n`);
    }
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
