import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { audit } from '../../src/audit/audit.js';
import { DeniedAccess } from '../../src/audit/denied-access.js';
import { commitThenThrow, lockAccount } from '../../src/auth/account-transaction.js';
import type { Jobs } from '../../src/jobs/jobs.service.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { Clock } from '../../src/kernel/common/clock.js';
import type { Config } from '../../src/config/config.js';
import { AppError } from '../../src/kernel/errors/app-error.js';
import { Denials } from '../../src/kernel/errors/denials.js';
import type { Logger } from '../../src/kernel/logging/logger.js';
import { SentMails } from '../../src/mail/sent-mails.js';
import { Attempts } from '../../src/users/attempts.js';
import { User } from '../../src/users/user.entity.js';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { aUser as signedUp, PASSWORD, type Actor } from '../support/world.js';

let source: AerieDataSource;
const failure = new Error('the request failed');
const refusal = new AppError('refused', 401);
const jobs = {} as Jobs;

beforeAll(async () => {
  source = await new AerieDataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool },
    entities: [User, AuditEvent],
    installExtensions: false,
  }).initialize();
});

afterAll(() => source.destroy());

/** Runs a handler like a request with an idempotency key: in a transaction that is rolled back if the request fails. */
const request = (handler: () => Promise<unknown>) =>
  transaction(source.manager, async () => {
    await handler();
    throw failure;
  }).catch((error: unknown) => error);

const counted = (table: string) =>
  query<{ count: number }>(`select count(*)::int from ${table}`).then(([found]) => found!.count);
const trailOf = (action: string) => query('select subject from audit_events where action = $1', [action]);

describe('although the request fails,', () => {
  it('a password attempt is counted', async () => {
    const limits = { attemptsPerMinute: 10, freeFailures: 3 } as Config;
    const attempts = new Attempts(source.manager, new Clock(), jobs, limits);
    const outcome = await request(() => attempts.countFailure('id 7'));
    expect([outcome, await counted('attempts')]).toEqual([failure, 1]);
    await request(() => attempts.forgetFailures('id 7'));
    expect(await counted('attempts')).toBe(0);
  });

  it('a sent mail is recorded', async () => {
    const id = '01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10';
    const sent = new SentMails(source.manager, jobs);
    await request(() => sent.add(id));
    expect(await new SentMails(source.manager, jobs).has(id)).toBe(true);
  });

  it('a denied access is recorded in the audit trail', async () => {
    const denials = new Denials();
    const denied = new DeniedAccess(source.manager, denials, {} as Logger);
    denied.onModuleInit();
    await request(async () => denials.publish({ user_id: 7, route: 'GET /users', why: 'no' }));
    await denied.beforeApplicationShutdown();
    expect(await trailOf('access.denied')).toEqual([{ subject: 'GET /users' }]);
  });
});

const aUser = async () => {
  const text = `insert into users (email, name, password_hash) values (gen_random_uuid() || '@example.com', 'Ann', '') returning id`;
  return (await query<{ id: number }>(text))[0]!;
};

/** Locks the account and adds an audit event, as a sign-in does. */
const judge = (id: number, verdict: unknown, action: string) => () =>
  commitThenThrow(source.manager, async (tx) => {
    const user = await lockAccount(tx, id);
    await audit(tx, { actor_id: null, action, subject: `users/${user!.id}` });
    return verdict;
  });

describe('an audited refusal', () => {
  it('is kept although the request fails with it', async () => {
    const { id } = await aUser();
    expect(await request(judge(id, refusal, 'test.refused'))).toBe(refusal);
    expect(await trailOf('test.refused')).toHaveLength(1);
  });

  it('is kept, but an audited success is rolled back if the request fails', async () => {
    const { id } = await aUser();
    expect(await request(judge(id, 'token', 'test.passed'))).toBe(failure);
    expect(await trailOf('test.passed')).toEqual([]);
    await transaction(source.manager, judge(id, 'token', 'test.passed'));
    expect(await trailOf('test.passed')).toHaveLength(1);
  });

  it('is also kept outside a request', async () => {
    const { id } = await aUser();
    await expect(judge(id, refusal, 'test.alone')()).rejects.toBe(refusal);
    expect(await trailOf('test.alone')).toHaveLength(1);
  });

  it('does not replace other errors', async () => {
    expect(await request(judge(0, refusal, 'test.broken'))).toBeInstanceOf(TypeError);
  });
});

describe('a request with an idempotency key', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ env: { AUTH_FREE_FAILURES: '2' } });
  });

  const change = (user: Actor, current_password: string, key: string) =>
    user
      .at(app.url)
      .send('put', '/users/me/password', { current_password, new_password: 'Password2' })
      .set('Idempotency-Key', key);

  it('counts as a password attempt if the password is wrong', async () => {
    const user = await signedUp();
    const statuses: number[] = [];
    // On a slow machine the first waiting times end before the next guess. Each is twice as long as the previous one.
    for (let i = 0; i < 20 && statuses.at(-1) !== 429; i++) {
      statuses.push((await change(user, `wrong-${i}`, `key-${i}`)).status);
    }
    expect(statuses.slice(0, 2)).toEqual([403, 403]);
    expect(statuses.at(-1)).toBe(429);
    expect((await auditOf(`users/${user.id}`)).map(({ action }) => action)).toContain('user.password_guessed');
  });

  it('changes the password once', async () => {
    const user = await signedUp();
    expect((await change(user, PASSWORD, 'once')).status).toBe(204);
    const again = await change(user, PASSWORD, 'once');
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([204, 'true']);
    const changed = (await auditOf(`users/${user.id}`)).filter(({ action }) => action === 'user.password_changed');
    expect(changed).toHaveLength(1);
  });
});
