import type { Server } from 'node:http';

/**
 * Closes the idle connections. To be called by a timer: a process that was busy runs its timers before it reads what
 * has arrived, so a connection with a new request would still count as idle, and the request would be reset.
 */
export function closeIdleConnections(server: Server): void {
  setImmediate(() => server.closeIdleConnections());
}
