import type { Request } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { contextOf, setContext, type RequestContext } from '../context/request-context.js';
import { headersBefore, resetAttempt } from './handler-attempts.js';

it('removes the headers and the inputs of an attempt that was rolled back', () => {
  const request = new IncomingMessage(new Socket()) as Request;
  const response = new ServerResponse(request);
  Object.assign(request, { res: response });
  setContext(request, { id: 'a', inputs: new Map() } as unknown as RequestContext);
  response.setHeader('Vary', 'Origin');
  response.setHeader('Set-Cookie', ['a=1']);
  const before = headersBefore(request);
  response.appendHeader('Vary', 'Accept');
  response.appendHeader('Set-Cookie', 'b=2');
  response.setHeader('Link', '</a>');
  resetAttempt(request, before);
  expect({ ...response.getHeaders() }).toEqual({ vary: 'Origin', 'set-cookie': ['a=1'] });
  expect(contextOf(request)!.inputs).toBeUndefined();
});
