import { randomUUID } from 'node:crypto';

/**
 * A UUID whose order is that of time, to the millisecond (RFC 9562, version 7): an id that can also be the order of a list.
 * The rest is that of a random one, of which Node makes many at once.
 */
export function uuid7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
