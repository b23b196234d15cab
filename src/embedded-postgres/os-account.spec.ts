import { hasPermission, usableCapability } from './os-account.js';

const status = (permitted: string, bounding = permitted): string =>
  `Name:\tnode\nCapInh:\t0000000000000000\nCapPrm:\t${permitted}\nCapEff:\t${permitted}\nCapBnd:\t${bounding}\n`;

describe('hasPermission', () => {
  const nobody = { uid: 65534, gid: 65534 };

  it.each([
    ['a folder open to all', { mode: 0o40755, uid: 0, gid: 0 }, true],
    ['a private folder of root', { mode: 0o40700, uid: 0, gid: 0 }, false],
    ['its private folder', { mode: 0o40700, uid: 65534, gid: 0 }, true],
    ['a folder of its group', { mode: 0o40710, uid: 0, gid: 65534 }, true],
    ['a folder closed only to its group', { mode: 0o40701, uid: 0, gid: 65534 }, false],
  ])('decides whether the account may enter %s', (_, folder, expected) => {
    expect(hasPermission(folder, nobody, 1)).toBe(expected);
  });

  it('requires all of the requested permission bits', () => {
    expect(hasPermission({ mode: 0o100711, uid: 0, gid: 0 }, nobody, 5)).toBe(false);
  });
});

describe('usableCapability', () => {
  it('prefers the capability that only reads', () => {
    expect(usableCapability(status('000001ffffffffff'), true)).toBe('dac_read_search');
  });

  it('returns dac_override if others may not run the programs, or if it is the only one available', () => {
    expect(usableCapability(status('000001ffffffffff'), false)).toBe('dac_override');
    expect(usableCapability(status('00000000a80425fb'), true)).toBe('dac_override'); // Docker's default
  });

  it('returns undefined if no capability is available', () => {
    expect(usableCapability(status('0000000000000000'), true)).toBeUndefined();
    expect(usableCapability(status('000001ffffffffff', '0000000000000000'), true)).toBeUndefined();
    expect(usableCapability('', true)).toBeUndefined();
  });
});
