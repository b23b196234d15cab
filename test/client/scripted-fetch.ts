import { createClient, type AerieClient, type RetryPolicy } from '../../client/dist/index.js';

/** How a test server handles a request: it responds, closes the connection (`cut`), or never responds (`silence`). */
export type Step = Response | 'cut' | 'silence' | ((request: Request) => Response | Promise<Response>);

export interface Scripted {
  readonly client: AerieClient;
  readonly requests: Request[];
  /** Returns the milliseconds between the requests. */
  readonly pauses: () => number[];
}

/** Returns a client whose requests get these responses, in this order. The last one is repeated. */
export function scripted(steps: Step[], retries: Partial<RetryPolicy> = {}, more: object = {}): Scripted {
  const requests: Request[] = [];
  const times: number[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    const request = new Request(url as string, init);
    requests.push(request);
    times.push(performance.now());
    return answer(steps[Math.min(requests.length, steps.length) - 1]!, request);
  };
  const policy = { baseMs: 1, maxPauseMs: 4, ...retries };
  const client = createClient({
    baseUrl: 'http://api.example/prefix/',
    fetch,
    retries: policy,
    ...more,
  });
  return { client, requests, pauses: () => times.slice(1).map((time, i) => time - times[i]!) };
}

async function answer(step: Step, request: Request): Promise<Response> {
  if (step === 'cut') throw new TypeError('fetch failed');
  if (step === 'silence') {
    return new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error));
    });
  }
  return typeof step === 'function' ? step(request) : step.clone();
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

/** Returns the page that a proxy sends instead of a response of the API. */
export function page(): Response {
  return new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } });
}

export const keyOf = ({ headers }: Request) => headers.get('Idempotency-Key');
