import { json, scripted } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const { jest } = import.meta;

afterEach(() => jest.useRealTimers());

it('an update is not sent if its deadline passes while the change is made', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const { client, requests } = scripted([json(200, { stock: 1 }, { ETag: '"1"' })]);
  const slowly = (ms: number) => () => {
    jest.advanceTimersByTime(ms);
    return { stock: 2 };
  };
  const error = await thrownBy(client.items.update(1, slowly(5001), { deadlineMs: 5000 }));
  expect(error).toMatchObject({ kind: 'connection', operation: 'patchItem' });
  expect(requests.map(({ method }) => method)).toEqual(['GET']);
  await client.items.update(1, slowly(4000), { deadlineMs: 5000 });
  expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH']);
});

it('an update that is refused again and again pauses longer and longer between its rounds', async () => {
  const random = jest.spyOn(Math, 'random').mockReturnValue(0.999);
  const { client, requests } = scripted([outdated], { baseMs: 50, maxPauseMs: 1000 });
  const error = await thrownBy(client.items.update(1, () => ({ stock: 2 }), { deadlineMs: 700 }));
  random.mockRestore();
  expect(error).toMatchObject({ kind: 'api', status: 412 });
  expect(requests.length).toBeLessThanOrEqual(2 * 4); // pauses of 50, 100 and 200 ms, and none that ends too late
});

it('an update ends at once when its signal is aborted during a pause', async () => {
  const reason = new Error('The page was left');
  const { client } = scripted([outdated], { baseMs: 60_000, maxPauseMs: 60_000, deadlineMs: 600_000 });
  const controller = new AbortController();
  const updating = client.items.update(1, () => ({ stock: 2 }), { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 30);
  expect(await thrownBy(updating)).toBe(reason);
});

/** Responds like a server that another client changes before each write. */
function outdated({ method }: Request): Response {
  return method === 'GET'
    ? json(200, { stock: 1 }, { ETag: '"1"' })
    : json(412, { detail: 'The resource has changed since you read it' });
}

const never = () => new Promise<{ stock: number }>(() => {});
const item = () => json(200, { id: 7, stock: 1 }, { ETag: '"1"' });

describe('an update whose function never ends', () => {
  it('ends at its deadline, and sends no change', async () => {
    const { client, requests } = scripted([item()]);
    expect(await thrownBy(client.items.update(7, never, { deadlineMs: 2000 }))).toMatchObject({
      kind: 'connection',
      operation: 'patchItem',
    });
    expect(requests).toHaveLength(1);
  });

  it('ends when its signal is aborted', async () => {
    const { client, requests } = scripted([item()]);
    const controller = new AbortController();
    const reason = new Error('enough');
    const change = () => {
      setTimeout(() => controller.abort(reason), 1);
      return never();
    };
    expect(await thrownBy(client.items.update(7, change, { signal: controller.signal }))).toBe(reason);
    expect(requests).toHaveLength(1);
  });
});
