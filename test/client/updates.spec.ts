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
