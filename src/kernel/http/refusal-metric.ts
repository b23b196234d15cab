import { HttpException } from '@nestjs/common';
import { Counter } from '../common/instruments.js';
import type { RequestContext } from '../context/request-context.js';
import { Overloaded } from './admission.js';

// The metric of refused requests.

const CAUSES = ['overloaded', 'busy', 'late', 'database', 'rate_limit', 'malformed'] as const;
type Cause = (typeof CAUSES)[number];

const REFUSED = new Counter({
  name: 'aerie_http_requests_refused_total',
  help: 'Refused requests by cause: 503 (overloaded: no free slot; busy: too many of this kind; late: timed out; database), 429 (rate_limit), invalid HTTP (malformed).',
  labels: ['cause'],
  initialSeries: CAUSES.map((cause) => ({ cause })),
});

/** Counts a refused request. */
export function countRefusal(cause: Cause): void {
  REFUSED.add({ cause });
}

/** Counts an error response if it refuses the request for now: 429 or 503. */
export function countErrorIfRefusal(error: unknown, status: number, context: RequestContext | undefined): void {
  if (status === 429) countRefusal('rate_limit');
  if (status === 503 && !context?.contract?.returns.alwaysAdmitted) countRefusal(causeOf(error, context));
}

function causeOf(error: unknown, context: RequestContext | undefined): Cause {
  if (error instanceof Overloaded) return 'overloaded';
  if (error === context?.timedOut) return 'late';
  return error instanceof HttpException ? 'busy' : 'database';
}
