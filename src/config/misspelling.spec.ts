import { isMisspelt } from './misspelling.js';

it.each(['JWT_SECRETS', 'JWT_SECRE', 'JWT_SECRAT', 'JWT_SERCET', 'XJWT_SECRET', 'WT_SECRET'])(
  '%s is a misspelling of JWT_SECRET',
  (given) => {
    expect(isMisspelt(given, 'JWT_SECRET')).toBe(true);
  },
);

it.each(['JWT_SECRET', 'JWT_SECRETSS', 'JWT_SERCETS', 'SECRET', 'JTW_SECRTE', ''])(
  '%j is not a misspelling of JWT_SECRET',
  (given) => {
    expect(isMisspelt(given, 'JWT_SECRET')).toBe(false);
  },
);
