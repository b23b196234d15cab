import { hkdfSync } from 'node:crypto';
import { openSecret, sealingKeys, sealSecret } from './sealed-secret.js';

const [OLD, NEW] = ['an older secret that is long enough to be one', 'a newer secret that is long enough to be one'];
const TEXT = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const keys = sealingKeys([NEW]);

it('is opened for the owner whom it was sealed for', () => {
  expect(openSecret(keys, 7, sealSecret(keys, 7, TEXT))).toBe(TEXT);
  expect(openSecret(keys, 8, sealSecret(keys, 7, TEXT))).toBeUndefined();
});

it('has a key that is derived from the secret for this only', () => {
  expect(keys).toEqual([Buffer.from(hkdfSync('sha256', NEW, '', 'aerie:totp-secret', 32))]);
});

it('may be of nothing', () => {
  expect(openSecret(keys, 7, sealSecret(keys, 7, ''))).toBe('');
});

it('is another each time, and shows nothing of the text', () => {
  const [first, second] = [sealSecret(keys, 7, TEXT), sealSecret(keys, 7, TEXT)];
  expect(first).not.toBe(second);
  expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain(TEXT.slice(0, 8));
});

it('is opened by a retired key as well, and sealed with the first', () => {
  const both = sealingKeys([NEW, OLD]);
  expect(openSecret(both, 7, sealSecret(sealingKeys([OLD]), 7, TEXT))).toBe(TEXT);
  expect(openSecret(keys, 7, sealSecret(both, 7, TEXT))).toBe(TEXT);
  expect(openSecret(sealingKeys([OLD]), 7, sealSecret(both, 7, TEXT))).toBeUndefined();
});

it('is refused with any bit changed, cut short, or empty', () => {
  const bytes = Buffer.from(sealSecret(keys, 7, TEXT), 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(openSecret(keys, 7, changed.toString('base64url'))).toBeUndefined();
  }
  for (let length = 0; length < bytes.length; length++)
    expect(openSecret(keys, 7, bytes.subarray(0, length).toString('base64url'))).toBeUndefined();
});
