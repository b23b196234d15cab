import { anotherRequest, Attempt, everything, KEYED, respelt, whileHeld } from '../support/keys.js';
import { OPERATIONS, takesKey } from '../support/operations.js';
import { holdJobs } from '../support/subjects.js';

beforeAll(holdJobs);

/**
 * Operations without idempotency keys that are not plain reads: they change nothing, their answer has a secret, or an
 * id of their own makes them resumable.
 */
const WITHOUT = [
  'POST /auth/access-tokens',
  'POST /auth/refresh',
  'POST /auth/token',
  'POST /auth/totp',
  'POST /auth/totp/confirmation',
  'POST /auth/totp/recovery-codes',
  'POST /users/import',
  'POST /users/preview',
];

/** Operations whose requests differ only by caller. */
const ALWAYS_THE_SAME = new Set(['POST /auth/email/verification']);

it('every POST, PUT and PATCH operation accepts idempotency keys, except for an explicit list', () => {
  const changing = OPERATIONS.filter(({ method }) => ['post', 'put', 'patch'].includes(method));
  const without = changing.filter((operation) => !takesKey(operation)).map(({ key }) => key);
  expect(without.toSorted()).toEqual(WITHOUT);
  expect(KEYED.length).toBe(changing.length - WITHOUT.length);
  expect(OPERATIONS.filter(takesKey).filter(({ method }) => ['get', 'delete'].includes(method))).toEqual([]);
});

describe.each(KEYED)('%s', (_key, operation) => {
  it('runs once, and replays the same response', async () => {
    const attempt = await Attempt.at(operation);
    const first = await attempt.send();
    expect(`${first.status} ${first.headers['idempotency-replayed']}`).toMatch(/^20[014] undefined$/);
    const after = await everything();
    for (let again = 0; again < 2; again++) {
      const { status, text, headers } = await attempt.send();
      expect([status, text, headers['idempotency-replayed']]).toEqual([first.status, first.text, 'true']);
      for (const name of ['content-type', 'content-length', 'location', 'etag', 'link'])
        expect([name, headers[name]]).toEqual([name, first.headers[name]]);
      expect(headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
    expect(await everything()).toEqual(after);
  });

  it('runs once if the same request is retried in another spelling', async () => {
    const attempt = await Attempt.at(operation);
    const first = await attempt.send();
    const after = await everything();
    const { status, text, headers } = await attempt.send(respelt(attempt.sample));
    expect([status, text, headers['idempotency-replayed']]).toEqual([first.status, first.text, 'true']);
    expect(await everything()).toEqual(after);
  });

  it('returns 422 if the key is reused for another request', async () => {
    const attempt = await Attempt.at(operation);
    await attempt.send();
    const after = await everything();
    const another = anotherRequest(operation, attempt.sample);
    expect([operation.key, another === undefined]).toEqual([operation.key, ALWAYS_THE_SAME.has(operation.key)]);
    if (another === undefined) return;
    const { status, body } = await attempt.send(another);
    const loc = ['header', 'Idempotency-Key'];
    const msg = 'The key was used for another request';
    expect([status, body]).toEqual([
      422,
      { detail: [{ type: 'idempotency_key_reused', loc, msg, input: attempt.key }] },
    ]);
    expect(await everything()).toEqual(after);
  });

  it('returns 400 if the key has characters other than visible ASCII', async () => {
    const attempt = await Attempt.at(operation);
    const before = await everything();
    const headers = { ...attempt.sample.headers, 'Idempotency-Key': 'two words' };
    const answer = await attempt.send({ headers });
    expect([answer.status, answer.body]).toEqual([
      400,
      { detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters' },
    ]);
    expect(await everything()).toEqual(before);
  });
});

it('a request with the same key as a request in progress gets 409 with Retry-After', async () => {
  const attempts = await Promise.all(KEYED.map(([, operation]) => Attempt.at(operation)));
  const before = await everything();
  await whileHeld(attempts, async () => {
    for (const attempt of attempts) {
      const { status, body, headers } = await attempt.send();
      const detail = 'The first request with this Idempotency-Key is still in progress';
      expect([attempt.operation.key, status, body]).toEqual([attempt.operation.key, 409, { detail }]);
      expect(headers['retry-after']).toBe('1');
    }
  });
  expect(await everything()).toEqual(before);
  for (const attempt of attempts) expect((await attempt.send()).status).toBeLessThan(300); // nothing was committed
});
