import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchEventLoop } from './event-loop-lag.js';

/** Blocks the event loop for this many milliseconds. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function becomes(share: () => number, wanted: (share: number) => boolean): Promise<number> {
  for (let i = 0; i < 100 && !wanted(share()); i++) await sleep(100);
  return share();
}

describe('watchEventLoop', () => {
  let server: Server;

  beforeEach(() => {
    server = createServer();
  });
  afterEach(() => server.emit('close'));

  it('reduces the share after the event loop was blocked, and then restores it', async () => {
    const share = watchEventLoop(server);
    expect(share()).toBe(1);
    for (let i = 0; i < 8; i++) {
      block(300);
      await sleep(1);
    }
    expect(await becomes(share, (now) => now < 1)).toBeLessThan(1);
    expect(await becomes(share, (now) => now === 1)).toBe(1);
  });
});
