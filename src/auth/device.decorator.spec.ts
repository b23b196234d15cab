import { deviceOf } from './device.decorator.js';

describe('deviceOf', () => {
  it.each([
    [undefined, null],
    ['', null],
    [' \t ', null],
    ['Firefox/140.0', 'Firefox/140.0'],
    [' curl/8.5 ', 'curl/8.5'],
    ['a\u0000b\u001bc\u007fd\u0085e\u009ff\u00adg', 'abcdefg'],
    ['x'.repeat(201), 'x'.repeat(200)],
  ])('for the user agent %j returns %j', (userAgent, device) => {
    expect(deviceOf(userAgent)).toBe(device);
  });
});
