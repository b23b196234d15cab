import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import { Overloaded, type Admission } from './admission.js';
import { pauseReads, waitedThroughPause } from './paused-reads.js';

// Middleware of admission control.

type IsAlwaysAdmitted = (request: Request) => boolean;

/**
 * Refuses a request with a 503 before its body is read if admission control would refuse it. Never refuses a request for
 * which `isAlwaysAdmitted` returns true.
 */
export function refuseWhenFull(admission: Admission, isAlwaysAdmitted: IsAlwaysAdmitted): RequestHandler {
  return (request, response, next) => {
    if (!admission.isFull || isAlwaysAdmitted(request)) return next();
    refuse(request, response, next);
  };
}

/**
 * Acquires a slot for the request after its body was read, so that slow senders do not hold slots. The slot is released
 * when the head of the response is written.
 */
export function acquireSlot(admission: Admission, isAlwaysAdmitted: IsAlwaysAdmitted): RequestHandler {
  return (request, response, next) => {
    if (isAlwaysAdmitted(request)) return next();
    const proceed = () => {
      releaseWithResponse(admission, request, response);
      if (!request.socket.destroyed) next();
    };
    const entering = admission.acquire(waitedThroughPause(request));
    if (entering) entering.then(proceed, () => refuse(request, response, next));
    else proceed();
  };
}

function refuse(request: Request, response: Response, next: NextFunction): void {
  pauseReads(request, response);
  next(new Overloaded());
}

/** Releases the slot when the head is written, or when the client has disconnected and no handler is running. */
function releaseWithResponse(admission: Admission, request: Request, response: Response): void {
  const context = contextOf(request)!;
  const release = () => {
    context.releaseSlot = undefined;
    admission.release();
  };
  context.releaseSlot = release;
  const closed = () => {
    if (!context.isHandlerRunning) context.releaseSlot?.();
  };
  if (request.socket.destroyed) context.releaseSlot();
  else response.on('close', closed);
}
