import { randomUUID } from 'node:crypto';

/**
 * Returns a UUID version 7 (RFC 9562): ids sort by creation time in milliseconds. The random part comes from
 * `randomUUID`, since Node generates those in batches. `now`: milliseconds since 1970.
 */
export function uuid7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
