import type { Request } from 'express';
import { bearerToken } from './jwt.strategy.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer a.b.c', 'a.b.c'],
    ['BEARER   a.b.c  ', 'a.b.c'],
    ['Bearer a b', 'a b'],
    ['Bearer', ''],
    ['Basic bearer a.b.c', null],
    ['Basic a.b.c', null],
    ['Bearera.b.c', null],
    ['Bearer\ta.b.c', null],
    [' Bearer a.b.c', null],
    ['a.b.c', null],
    ['', null],
    [undefined, null],
  ])('for the Authorization header %j returns %j', (authorization, token) => {
    expect(bearerToken({ headers: { authorization } } as Request)).toBe(token);
  });
});
