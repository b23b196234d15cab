import type { Request, Response } from 'express';
import type { Socket } from 'node:net';

// Backpressure under overload: connections of refused requests are not read for a while.

/**
 * Shorter than `Retry-After`, so that a client that ignores it gets its response within a second if there is a free
 * slot.
 */
const PAUSE_MS = 700;
/** A request that arrives this soon after a pause was sent during it. */
const AFTER_PAUSE_MS = 250;

/** The time when the last pause of each connection ended, as `performance.now()`. */
const resumedAt = new WeakMap<Socket, number>();

/**
 * Pauses reading from the connection of a refused request, so that further requests on it stay in the kernel's buffer.
 * Otherwise clients that ignore `Retry-After` would make the process spend its time on refusals.
 */
export function pauseReads({ socket }: Request, response: Response): void {
  const end = () => {
    resumedAt.set(socket, performance.now());
    socket.resume();
  };
  const begin = () => {
    socket.pause();
    setTimeout(end, PAUSE_MS).unref();
  };
  response.once('close', () => setImmediate(begin)); // after Node has resumed reading for the rest of the body
}

/** Whether the request was sent during a pause, so that it is already late. */
export function waitedThroughPause({ socket }: Request): boolean {
  const since = resumedAt.get(socket);
  return since !== undefined && performance.now() - since < AFTER_PAUSE_MS;
}
