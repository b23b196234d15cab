import type { Response } from 'express';
import { EventEmitter } from 'node:events';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

const INSIDE = 48;
const answer = (closed = false) => Object.assign(new EventEmitter(), { closed }) as unknown as Response;

describe('a crowd', () => {
  it('has so many places, each free again when its answer has left or its client has gone', () => {
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

  it('takes no places of another, nor does it keep any for a client who had gone before', () => {
    const crowds = new ConcurrencyLimiter();
    for (let i = 0; i < 2 * INSIDE; i++) crowds.enter('credentials', answer(true));
    for (let i = 0; i < INSIDE; i++) crowds.enter('credentials', answer());
    crowds.enter('refresh', answer());
  });
});
