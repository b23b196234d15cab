import type { RequestContext } from '../context/request-context.js';
import { clearDeadline, startDeadline } from './deadline.js';

let failures: string[];
const pass = (ms: number) => import.meta.jest.advanceTimersByTime(ms);

function expected(id: string, withinMs: number): RequestContext {
  const context = { id } as RequestContext;
  startDeadline(context, withinMs, (error) => failures.push(`${id}: ${error.message}`));
  return context;
}

beforeEach(() => {
  import.meta.jest.useFakeTimers();
  failures = [];
});
afterEach(() => import.meta.jest.useRealTimers());

describe('the deadline of a request', () => {
  it('fails and aborts the request once if the response has not begun in time', () => {
    const context = expected('a', 1000);
    context.abortController = new AbortController();
    pass(999);
    expect([failures, context.timedOut]).toEqual([[], undefined]);
    pass(1000);
    expect(failures).toEqual(['a: The request took too long, try again']);
    expect(context.timedOut).toMatchObject({ message: 'The request took too long, try again' });
    expect(context.abortController.signal.aborted).toBe(true);
  });

  it('has no effect after it is cleared, once or several times', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => expected(id, 1000));
    for (const one of [b!, d!, a!]) clearDeadline(one);
    clearDeadline(b!);
    pass(2000);
    expect(failures).toEqual(['c: The request took too long, try again']);
    clearDeadline(c!);
  });

  it('is independent of the deadlines of other requests', () => {
    for (const [i, ms] of [300, 5000, 300, 5000].entries()) expected(`${i}`, ms);
    pass(500);
    expect(failures.map(([id]) => id)).toEqual(['0', '2']);
  });

  it('leaves no timer after it is cleared', () => {
    clearDeadline(expected('a', 1000));
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });

  it('can be cleared even if the request has none', () => {
    clearDeadline({ id: 'a' } as RequestContext);
    expect(failures).toEqual([]);
  });
});
