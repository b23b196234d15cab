import { instruments } from '../../src/kernel/common/instruments.js';
import { AppError } from '../../src/kernel/errors/app-error.js';
import { ThreadPool } from '../../src/threads/thread-pool.js';
import type { Logger } from '../../src/kernel/logging/logger.js';

interface Task {
  readonly deed?: 'loop' | 'eat';
  readonly payload?: unknown;
}

const WORKER = new URL('./hostile-task.mjs', import.meta.url);
const logger = { error: () => {} } as unknown as Logger;
const busy = () => new AppError('Too many at once', 503);
const late = () => new AppError('It took too long', 503);

let threads: ThreadPool<Task, unknown>;

beforeEach(() => {
  const limits = {
    maxConcurrent: 1,
    maxQueued: 1,
    maxWaitMs: 10_000,
    deadlineMs: 2000,
    maxMemoryMb: 32,
    createError: busy,
    createTimeoutError: late,
  };
  threads = new ThreadPool(WORKER, limits, logger);
});

afterEach(() => threads.close());

async function tasks(): Promise<object> {
  const gauge = instruments.gauges.find(({ description }) => description.name === 'aerie_thread_tasks')!;
  return Object.fromEntries((await gauge.collect()).map(({ labels, value }) => [labels['state'], value]));
}

it('the thread pool returns the result of a task', async () => {
  expect(await threads.run({ payload: { one: 1 } })).toEqual({ one: 1 });
});

it('the thread pool aborts a task that never ends, and runs the next one', async () => {
  await expect(threads.run({ deed: 'loop' })).rejects.toThrow('It took too long');
  expect(await threads.run({ payload: 'next' })).toBe('next');
});

it('the thread pool aborts only the task that uses up its memory, and runs the next one', async () => {
  await expect(threads.run({ deed: 'eat' })).rejects.toThrow('It took too long');
  expect(await threads.run({ payload: 'next' })).toBe('next');
});

it('the thread pool aborts a task whose caller no longer waits', async () => {
  const gone = new AbortController();
  const running = threads.run({ deed: 'loop' }, gone.signal);
  const next = threads.run({ payload: 'next' });
  gone.abort();
  await expect(running).rejects.toThrow('It took too long');
  expect(await next).toBe('next');
});

it('the thread pool refuses a task if all slots are occupied', async () => {
  const gone = new AbortController();
  const both = [threads.run({ deed: 'loop' }, gone.signal), threads.run({ payload: 'waits' })];
  await expect(threads.run({})).rejects.toThrow('Too many at once');
  gone.abort();
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

it('the thread pool reports running and waiting tasks until it is closed', async () => {
  const gone = new AbortController();
  const both = [threads.run({ deed: 'loop' }, gone.signal), threads.run({ payload: 'waits' })];
  expect(await tasks()).toEqual({ running: 1, waiting: 1 });
  gone.abort();
  await Promise.allSettled(both);
  expect(await tasks()).toEqual({ running: 0, waiting: 0 });
  await threads.close();
  expect(await tasks()).toEqual({});
});
