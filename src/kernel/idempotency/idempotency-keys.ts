import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import type { Caller } from '../access/access.js';
import { fingerprintKeys } from './fingerprint.js';
import { parseKey } from './key.js';
import { KeyedRequest, type Surroundings } from './keyed-request.js';

/** Finds the idempotency keys of requests. */
@Injectable()
export class IdempotencyKeys {
  private readonly surroundings: Surroundings;

  constructor(db: EntityManager, clock: Clock, @Inject(Config) { secrets }: Config) {
    const keys = fingerprintKeys(secrets);
    this.surroundings = { db, now: () => clock.now(), keys };
  }

  /** The request as one that happens once; undefined where it has no key. Throws badKey. */
  of(request: Request, template: string): KeyedRequest | undefined {
    const value = request.headers['idempotency-key'];
    if (value === undefined) return undefined;
    const operation = `${request.method} ${template}`;
    const keyed = new KeyedRequest(
      request as Request & { user?: Caller },
      operation,
      parseKey(String(value)),
      this.surroundings,
    );
    request.res!.once('close', () => void keyed.abandon());
    return keyed;
  }
}
