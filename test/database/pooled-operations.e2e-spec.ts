import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import { OPERATIONS, send } from '../support/operations.js';
import { hasPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { anOwner, rolesOf, subjectOf } from '../support/subjects.js';

const CASES = OPERATIONS.flatMap((operation) =>
  rolesOf(operation).map((role) => [`${operation.key} as ${role}`, operation, role] as const),
);

/** Whether the machine was too busy, mostly for passwords. Such a request had no effect. */
const isBusy = ({ status, text }: Response) => status === 503 && text.includes('at once, try again');

(hasPgBouncer() ? describe : describe.skip).each(['transaction', 'session'])(
  'on two instances that share PgBouncer in %s mode',
  (pool_mode) => {
    let apps: RunningApp[];
    let asked = 0;

    beforeAll(async () => {
      const { url } = await PgBouncer.before(databaseUrl, { pool_mode });
      const env = { DATABASE_URL: url, DATABASE_DIRECT_URL: databaseUrl, REQUEST_TIMEOUT_SECONDS: '60' };
      apps = [await startApp({ env }), await startApp({ env })];
    });

    it.each(CASES)('%s succeeds', async (_name, operation, role) => {
      const owner = await anOwner();
      const caller = role === 'user' ? owner : await anOwner(role);
      const app = apps[asked++ % apps.length]!;
      const sample = await subjectOf(operation, owner);
      let answer = await send(caller.at(app.url), operation, sample);
      while (isBusy(answer)) {
        await sleep(1000);
        answer = await send(caller.at(app.url), operation, sample);
      }
      expect(`${answer.status} ${answer.text}`).toMatch(/^20[0-4] /);
    });
  },
);
