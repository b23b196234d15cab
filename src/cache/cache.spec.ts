import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import type { Logger } from '../kernel/logging/logger.js';
import { Cache } from './cache.js';

/** Longer than Redis may take for a command. */
const BUSY_MS = 700;

const REPLIES: Readonly<Record<string, string>> = {
  info: '$7\r\nloading\r\n',
  ping: '+PONG\r\n',
  get: '$8\r\n"cached"\r\n',
};

/** Replies to the commands of a client that connects, to PING and to GET, unless it is frozen. */
class FakeRedis {
  isFrozen = false;
  /** Whether this process is busy after each response was sent, before the client reads it. */
  blocks = false;
  private readonly sockets: Socket[] = [];
  private readonly server = createServer((socket) => {
    this.sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const [, name] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) this.reply(socket, name!);
    });
  });

  async url(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private reply(socket: Socket, command: string): void {
    if (this.isFrozen) return;
    socket.write(REPLIES[command] ?? '+OK\r\n');
    if (!this.blocks) return;
    const until = performance.now() + BUSY_MS;
    while (performance.now() < until);
  }
}

let redis: FakeRedis;
let cache: Cache;
let warnings: string[];

beforeEach(async () => {
  redis = new FakeRedis();
  warnings = [];
  const logger = { warn: (line: string) => warnings.push(line) };
  const config = { values: { REDIS_URL: await redis.url() } };
  cache = new Cache(config as unknown as Config, logger as unknown as Logger);
});

afterEach(async () => {
  cache.onApplicationShutdown();
  await redis.stop();
});

async function ping(): Promise<string> {
  const connection = await cache.patientConnection();
  return cache.patiently(connection!.ping());
}

it('a process that was busy for longer than Redis may take still gets the response', async () => {
  await ping();
  redis.blocks = true;
  expect(await ping()).toBe('PONG');
  expect(warnings).toEqual([]);
});

it('if Redis is frozen, a command fails after half a second, and the next ones at once until Redis responds', async () => {
  await ping();
  redis.isFrozen = true;
  const began = performance.now();
  await expect(ping()).rejects.toThrow();
  expect(performance.now() - began).toBeGreaterThan(450);
  const failed = performance.now();
  await expect(ping()).rejects.toThrow();
  expect(performance.now() - failed).toBeLessThan(100);
  expect(warnings[0]).toBe('Redis failed: No response in 500 ms');
  redis.isFrozen = false;
  let answer: string | undefined;
  while (answer === undefined) answer = await ping().catch(() => sleep(50));
  expect(answer).toBe('PONG');
});

it('a process that was busy for longer than a lookup may take still gets the cached value', async () => {
  await cache.onApplicationBootstrap();
  redis.blocks = true;
  expect(await cache.getOrCompute('answer', 5, () => Promise.resolve('computed'))).toBe('cached');
});

it('the start does not wait for a frozen Redis, which is unavailable until it responds', async () => {
  redis.isFrozen = true;
  await cache.onApplicationBootstrap();
  expect(await cache.state()).toBe('unavailable');
  expect(await cache.getOrCompute('answer', 5, () => Promise.resolve('computed'))).toBe('computed');
});
