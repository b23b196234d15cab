import { forwardedPrefix } from './forwarded-prefix.js';

const prefix = (given: string | undefined, proxies = 1) =>
  forwardedPrefix({ headers: { 'x-forwarded-prefix': given } }, proxies);

it.each([
  ['/api', '/api'],
  ['/api/', '/api'],
  [' /api ', '/api'],
  ['/aerie/v1', '/aerie/v1'],
  ['/a-b_c.d~e/2', '/a-b_c.d~e/2'],
  ['/...', '/...'],
  ['/', ''],
  ['', ''],
  [undefined, ''],
])('the X-Forwarded-Prefix %j is read as %j', (given, expected) => expect(prefix(given)).toBe(expected));

it.each([
  'api',
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/api//x',
  '/api//',
  '/..',
  '/../x',
  '/a/../b',
  '/./a',
  '/%2e%2e/a',
  '/a%2Fb',
  '/a?b',
  '/a#b',
  '/a b',
  '/a"onload=x',
  '/<script>',
  '/a>; rel="next"',
  '/a\r\nX: y',
  '/ä',
  `/${'a'.repeat(200)}`,
])('the invalid X-Forwarded-Prefix %j is ignored', (given) => expect(prefix(given)).toBe(''));

it('only the prefixes of the configured number of proxies are trusted', () => {
  expect(prefix('/api', 0)).toBe('');
  expect(prefix('/evil, /api')).toBe('/api');
  expect(prefix('/outer, /inner', 2)).toBe('/outer/inner');
  expect(prefix('/evil,/outer,/inner/', 2)).toBe('/outer/inner');
  expect(prefix('/outer, //inner', 2)).toBe('');
  expect(prefix('/outer, inner', 2)).toBe('');
  expect(prefix('/inner', 2)).toBe('/inner');
  expect(prefix(', /inner', 2)).toBe('/inner');
});

it('a long X-Forwarded-Prefix is refused in linear time', () => {
  const began = performance.now();
  for (const given of ['/a'.repeat(100_000), '/'.repeat(200_000), ','.repeat(200_000), '.'.repeat(200_000)]) {
    expect(prefix(given, 16)).toBe('');
  }
  expect(performance.now() - began).toBeLessThan(2000);
});
