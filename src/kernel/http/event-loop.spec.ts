import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { lateness } from './event-loop.js';

/** Keeps the event loop from everything else. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function becomes(isLate: () => boolean, wanted: boolean): Promise<boolean> {
  for (let i = 0; i < 100 && isLate() !== wanted; i++) await sleep(100);
  return isLate();
}

describe('lateness', () => {
  let server: Server;

  beforeEach(() => {
    server = createServer();
  });
  afterEach(() => server.emit('close'));

  it('is told after the loop was blocked, and over when it is not any more', async () => {
    const isLate = lateness(server);
    expect(isLate()).toBe(false);
    await sleep(100);
    block(400);
    expect(await becomes(isLate, true)).toBe(true);
    expect(await becomes(isLate, false)).toBe(false);
  });
});
