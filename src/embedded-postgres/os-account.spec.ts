import { hasPermission, usableCapability } from './os-account.js';

const status = (permitted: string, bounding = permitted): string =>
  `Name:\tnode\nCapInh:\t0000000000000000\nCapPrm:\t${permitted}\nCapEff:\t${permitted}\nCapBnd:\t${bounding}\n`;

describe('hasPermission', () => {
  const nobody = { uid: 65534, gid: 65534 };

  it.each([
    ['a folder open to all', { mode: 0o40755, uid: 0, gid: 0 }, true],
    ["root's closed folder", { mode: 0o40700, uid: 0, gid: 0 }, false],
    ['its own closed folder', { mode: 0o40700, uid: 65534, gid: 0 }, true],
    ["a folder of its group's", { mode: 0o40710, uid: 0, gid: 65534 }, true],
    ['a folder closed to its group alone', { mode: 0o40701, uid: 0, gid: 65534 }, false],
  ])('knows whether the account may enter %s', (_, folder, expected) => {
    expect(hasPermission(folder, nobody, 1)).toBe(expected);
  });

  it('wants all of the bits', () => {
    expect(hasPermission({ mode: 0o100711, uid: 0, gid: 0 }, nobody, 5)).toBe(false);
  });
});

describe('usableCapability', () => {
  it('prefers the one that only reads', () => {
    expect(usableCapability(status('000001ffffffffff'), true)).toBe('dac_read_search');
  });

  it('takes the stronger one where the programs are closed, and in a container that has no other', () => {
    expect(usableCapability(status('000001ffffffffff'), false)).toBe('dac_override');
    expect(usableCapability(status('00000000a80425fb'), true)).toBe('dac_override'); // Docker's default
  });

  it('finds none where there is none to give', () => {
    expect(usableCapability(status('0000000000000000'), true)).toBeUndefined();
    expect(usableCapability(status('000001ffffffffff', '0000000000000000'), true)).toBeUndefined();
    expect(usableCapability('', true)).toBeUndefined();
  });
});
