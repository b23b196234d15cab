import { hkdfSync } from 'node:crypto';
import { openSecret, sealingKeys, sealSecret } from './sealed-secret.js';

const [OLD, NEW] = ['an older secret that is long enough to be one', 'a newer secret that is long enough to be one'];
const TEXT = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const keys = sealingKeys([NEW]);

it('a sealed secret can be opened for its owner only', () => {
  expect(openSecret(keys, 7, sealSecret(keys, 7, TEXT))).toBe(TEXT);
  expect(openSecret(keys, 8, sealSecret(keys, 7, TEXT))).toBeUndefined();
});

it('the sealing key is derived from the secret for this purpose only', () => {
  expect(keys).toEqual([Buffer.from(hkdfSync('sha256', NEW, '', 'aerie:totp-secret', 32))]);
});

it('an empty text can be sealed', () => {
  expect(openSecret(keys, 7, sealSecret(keys, 7, ''))).toBe('');
});

it('a sealed secret is different each time and does not contain the text', () => {
  const [first, second] = [sealSecret(keys, 7, TEXT), sealSecret(keys, 7, TEXT)];
  expect(first).not.toBe(second);
  expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain(TEXT.slice(0, 8));
});

it('a retired key still opens secrets, but only the first key seals them', () => {
  const both = sealingKeys([NEW, OLD]);
  expect(openSecret(both, 7, sealSecret(sealingKeys([OLD]), 7, TEXT))).toBe(TEXT);
  expect(openSecret(keys, 7, sealSecret(both, 7, TEXT))).toBe(TEXT);
  expect(openSecret(sealingKeys([OLD]), 7, sealSecret(both, 7, TEXT))).toBeUndefined();
});

it('a sealed secret is refused if any byte is changed, or if it is truncated or empty', () => {
  const bytes = Buffer.from(sealSecret(keys, 7, TEXT), 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(openSecret(keys, 7, changed.toString('base64url'))).toBeUndefined();
  }
  for (let length = 0; length < bytes.length; length++)
    expect(openSecret(keys, 7, bytes.subarray(0, length).toString('base64url'))).toBeUndefined();
});
