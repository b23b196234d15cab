import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import { Overloaded, type Admission } from './admission.js';
import { pauseReads, waitedThroughPause } from './paused-reads.js';

type IsVital = (request: Request) => boolean;

/** Refuses a request at once when nobody waits for it in time, before its body is read. `isVital`: never refused. */
export function refuseWhenFull(admission: Admission, isVital: IsVital): RequestHandler {
  return (request, response, next) => {
    if (!admission.isFull || isVital(request)) return next();
    refuse(request, response, next);
  };
}

/**
 * Takes a place for the request once its body has come, so that a slow sender keeps none. The place is given back as the
 * head of the answer is written.
 */
export function takePlace(admission: Admission, isVital: IsVital): RequestHandler {
  return (request, response, next) => {
    if (isVital(request)) return next();
    const proceed = () => {
      giveBack(admission, request, response);
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

/** When the head is written; or when the client has left, and no handler is at work for it any more. */
function giveBack(admission: Admission, request: Request, response: Response): void {
  const context = contextOf(request)!;
  context.leave = () => {
    context.leave = undefined;
    admission.release();
  };
  const closed = () => {
    if (!context.isHandled) context.leave?.();
  };
  if (request.socket.destroyed) context.leave();
  else response.once('close', closed);
}
