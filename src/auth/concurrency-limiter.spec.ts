import type { Response } from 'express';
import { EventEmitter } from 'node:events';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

const INSIDE = 48;
const answer = (closed = false) => Object.assign(new EventEmitter(), { closed }) as unknown as Response;

describe('ConcurrencyLimiter', () => {
  it('refuses requests over the limit with 503 until a response is closed', () => {
    const crowds = new ConcurrencyLimiter();
    const first = answer();
    crowds.enter('credentials', first);
    for (let i = 1; i < INSIDE; i++) crowds.enter('credentials', answer());
    expect(() => crowds.enter('credentials', answer())).toThrow(
      expect.objectContaining({ status: 503, headers: { 'Retry-After': '1' } }),
    );
    first.emit('close');
    crowds.enter('credentials', answer());
    expect(() => crowds.enter('credentials', answer())).toThrow('at once');
  });

  it('counts each rate limit separately, and does not count responses that are already closed', () => {
    const crowds = new ConcurrencyLimiter();
    for (let i = 0; i < 2 * INSIDE; i++) crowds.enter('credentials', answer(true));
    for (let i = 0; i < INSIDE; i++) crowds.enter('credentials', answer());
    crowds.enter('refresh', answer());
  });
});
