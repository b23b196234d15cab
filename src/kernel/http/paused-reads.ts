import type { Request, Response } from 'express';
import type { Socket } from 'node:net';

/** Less than `Retry-After` says, so that who does not wait, and finds a place then, has his answer within a second. */
const REST_MS = 700;
/** What comes so soon after a rest has waited through it. */
const AT_ONCE_MS = 250;

const rested = new WeakMap<Socket, number>();

/**
 * Does not read the connection of a refused request before the time that it was told to wait: what is sent meanwhile waits
 * outside of the process, at no cost. Else the refusals of those who do not wait would take the time of those who are served.
 */
export function pauseReads({ socket }: Request, response: Response): void {
  const end = () => {
    rested.set(socket, performance.now());
    socket.resume();
  };
  const begin = () => {
    socket.pause();
    setTimeout(end, REST_MS).unref();
  };
  response.once('close', () => setImmediate(begin)); // after Node has gone on to read what is left of the body
}

/** Whether the request was sent during such a rest, and so is late already. */
export function waitedThroughPause({ socket }: Request): boolean {
  const since = rested.get(socket);
  return since !== undefined && performance.now() - since < AT_ONCE_MS;
}
