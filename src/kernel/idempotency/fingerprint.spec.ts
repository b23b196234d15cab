import { createHash } from 'node:crypto';
import { fingerprint, fingerprintKeys } from './fingerprint.js';

const [key, older] = fingerprintKeys(['one secret', 'another one']) as [Buffer, Buffer];
const request = {
  method: 'POST',
  url: '/orders?a=1',
  contentType: 'application/json',
  body: Buffer.from('{"a":1}'),
  role: 'user',
};
const printed = (change: object, by = key) => fingerprint(by, { ...request, ...change }).toString('hex');

it('is the same for the same request', () => {
  expect(printed({ body: Buffer.from('{"a":1}') })).toBe(printed({}));
});

it.each([
  { method: 'PUT' },
  { role: 'admin' },
  { role: undefined },
  { url: '/orders?a=2' },
  { url: '/orders' },
  { contentType: 'application/json; charset=utf-8' },
  { contentType: undefined },
  { body: Buffer.from('{"a": 1}') },
  { body: undefined },
])('is another one for %j', (change) => expect(printed(change)).not.toBe(printed({})));

it('needs a secret, so that nobody can try passwords on it', () => {
  expect(printed({}, older)).not.toBe(printed({}));
  const plain = createHash('sha256').update(`user\nPOST\n/orders?a=1\napplication/json\n{"a":1}`).digest('hex');
  expect(printed({})).not.toBe(plain);
});
