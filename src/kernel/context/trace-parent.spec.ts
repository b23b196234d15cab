import { formatTraceParent, parseTraceParent } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it.each([
  `00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-00`,
  `01-${TRACE}-${SPAN}-01`,
  `cc-${TRACE}-${SPAN}-01-what-is-to-come`,
])('parses the valid traceparent %s', (header) => expect(parseTraceParent(header)?.traceId).toBe(TRACE));

it.each([
  undefined,
  '',
  TRACE,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `01-${TRACE}-${SPAN}-01more`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  [`00-${TRACE}-${SPAN}-01`],
])('returns undefined for the missing or invalid traceparent %j', (header) =>
  expect(parseTraceParent(header)).toBeUndefined(),
);

it.each(['00', '01'])('formats a parsed traceparent unchanged: flags %s', (flags) => {
  const header = `00-${TRACE}-${SPAN}-${flags}`;
  expect(formatTraceParent(parseTraceParent(header)!)).toBe(header);
});

it('keeps only the sampled flag when it formats a traceparent', () => {
  const context = parseTraceParent(`01-${TRACE}-${SPAN}-ff-more`)!;
  expect(formatTraceParent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
});
