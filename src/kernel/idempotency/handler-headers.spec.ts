import type { Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { headersToStore, restoreHeaders } from './handler-headers.js';

function aResponse(): Response {
  return new ServerResponse(new IncomingMessage(new Socket())) as unknown as Response;
}

describe('the headers to store', () => {
  it('are those of the result and those that were set since, of which the former count', () => {
    const response = aResponse();
    response.setHeader('Vary', 'Origin');
    const before = response.getHeaders();
    response.setHeader('X-Total', '7');
    response.setHeader('Link', ['</a>', '</b>']);
    response.setHeader('location', '/other');
    expect(headersToStore(before, response, ['Location', '/items/7'])).toEqual([
      'Location',
      '/items/7',
      'x-total',
      '7',
      'link',
      '</a>',
      'link',
      '</b>',
    ]);
  });

  it.each([
    'Set-Cookie',
    'Access-Control-Allow-Origin',
    'X-RateLimit-Remaining',
    'RateLimit',
    'traceparent',
    'X-Correlation-ID',
    'X-Request-Id',
    'Server-Timing',
    'Date',
  ])('do not contain %s, which belongs to one response', (name) => {
    const response = aResponse();
    response.setHeader(name, 'a');
    expect(headersToStore({}, response, [name, 'b'])).toEqual([]);
  });
});

it('a replay replaces headers with the same names', () => {
  const response = aResponse();
  response.setHeader('ETag', '"1"');
  response.setHeader('Vary', 'Origin');
  restoreHeaders(['etag', '"2"', 'link', '</a>', 'link', '</b>'], response);
  expect({ ...response.getHeaders() }).toEqual({ etag: '"2"', vary: 'Origin', link: ['</a>', '</b>'] });
});
