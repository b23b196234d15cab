import { Injectable } from '@nestjs/common';

/** The current time, as a provider that tests can replace. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }
}
