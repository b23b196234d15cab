import { createHash } from 'node:crypto';
import { fingerprint, fingerprintKeys, rawFingerprint } from './fingerprint.js';

const [key, older] = fingerprintKeys(['one secret', 'another one']) as [Buffer, Buffer];

describe('the fingerprint of a request', () => {
  const request = { inputs: [7, { a: 1, b: { c: 'x' } }], params: {}, role: 'user' };
  const printed = (change: object = {}, by = key) => fingerprint(by, { ...request, ...change }).toString('hex');

  it.each([
    { inputs: [7, { a: 1, b: { c: 'x' } }] },
    { inputs: [7, { b: { c: 'x' }, a: 1 }] },
    { inputs: [7, { a: 1.0, b: { c: 'x', d: undefined } }] },
    { others: undefined },
  ])('is the same for equal inputs: %j', (change) => {
    expect(printed(change)).toBe(printed());
  });

  it.each([
    { role: 'admin' },
    { role: undefined },
    { inputs: [8, { a: 1, b: { c: 'x' } }] },
    { inputs: [7, { a: 2, b: { c: 'x' } }] },
    { inputs: [7, { a: '1', b: { c: 'x' } }] },
    { inputs: [7, { a: 1, b: { c: null } }] },
    { inputs: [7, { a: 1, b: {} }] },
    { inputs: [{ a: 1, b: { c: 'x' } }, 7] },
    { inputs: [7] },
    { params: { rest: 'x' } },
    { others: { headers: { 'x-currency': 'EUR' } } },
    { others: { body: 'eyJhIjoxfQ==' } },
  ])('differs for %j', (change) => expect(printed(change)).not.toBe(printed()));

  it('depends on a secret, so that it cannot be used to guess passwords', () => {
    expect(printed({}, older)).not.toBe(printed());
    const meaning = JSON.stringify({ inputs: request.inputs, params: {} });
    const plain = createHash('sha256').update(`understood\nuser\n${meaning}`).digest('hex');
    expect(printed()).not.toBe(plain);
  });
});

describe('the fingerprint of a raw request, as earlier releases stored it', () => {
  const request = {
    method: 'POST',
    url: '/orders?a=1',
    contentType: 'application/json',
    body: Buffer.from('{"a":1}'),
    role: 'user',
  };
  const printed = (change: object, by = key) => rawFingerprint(by, { ...request, ...change }).toString('hex');

  it('has the same value as in earlier releases', () => {
    expect(printed({})).toBe('967c323ffc457383c8bebad493ef2fdea74fe25ad56be938fd641357c51f1cb5');
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
  ])('differs for %j', (change) => expect(printed(change)).not.toBe(printed({})));

  it('differs for another secret', () => {
    expect(printed({}, older)).not.toBe(printed({}));
  });
});
