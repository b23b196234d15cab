import type { RequestContext } from '../context/request-context.js';
import { instruments } from '../common/instruments.js';
import { AppError } from '../errors/app-error.js';
import { Overloaded } from './admission.js';
import { countErrorIfRefusal } from './refusal-metric.js';

const counter = instruments.counters.find(
  ({ description }) => description.name === 'aerie_http_requests_refused_total',
)!;
const late = new AppError('Too late', 503);
const context = { timedOut: late } as unknown as RequestContext;
const health = { contract: { returns: { alwaysAdmitted: true } } } as unknown as RequestContext;

const counted = () => counter.series.flatMap(({ labels, value }) => Array<string>(value).fill(labels['cause']!));

beforeEach(() => {
  counter.isEnabled = true;
  for (const series of counter.series) series.value = 0;
});

afterEach(() => {
  counter.isEnabled = false;
});

it.each<[string, unknown, number, string[]]>([
  ['an overload', new Overloaded(), 503, ['overloaded']],
  ['a timeout', late, 503, ['late']],
  ['a limit on concurrent work', new AppError('Too many passwords at once', 503), 503, ['busy']],
  ['a database error', new Error('connect ECONNREFUSED'), 503, ['database']],
  ['a rate limit', new AppError('Too many attempts', 429), 429, ['rate_limit']],
  ['a client error', new AppError('Not found', 404), 404, []],
  ['a bug', new Error('Bug'), 500, []],
])('%s is counted by its cause, if it is a refusal', (_, error, status, causes) => {
  countErrorIfRefusal(error, status, context);
  expect(counted()).toEqual(causes);
});

it('a health check that is not ready is not counted as a refusal', () => {
  countErrorIfRefusal(new AppError('Not ready', 503), 503, health);
  expect(counted()).toEqual([]);
});
