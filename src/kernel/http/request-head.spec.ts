import type { IncomingMessage } from 'node:http';
import { toOriginForm } from './request-head.js';

function originForm(url: string, host = 'mine.example') {
  const request = { url, headers: { host } } as IncomingMessage;
  toOriginForm(request);
  return [request.headers.host, request.url];
}

it.each([
  ['HTTP://other.example:8080/docs/?a=b', 'other.example:8080', '/docs/?a=b'],
  ['http://other.example', 'other.example', '/'],
  ['https://other.example?page=x', 'other.example', '/?page=x'],
  ['http://[::1]:8000/items', '[::1]:8000', '/items'],
])('the host of an absolute target replaces the Host header: %s', (url, host, path) => {
  expect(originForm(url)).toEqual([host, path]);
});

it.each(['/items?x=http://other.example', '//other.example/items'])('a path keeps the Host header: %s', (url) => {
  expect(originForm(url)).toEqual(['mine.example', url]);
});

it.each(['*', 'items', 'ftp://other.example/', 'http:///items', 'http://user@other.example/'])(
  'an invalid or unsupported target becomes an asterisk: %s',
  (url) => expect(originForm(url)).toEqual(['mine.example', '*']),
);
