import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { whileLocked } from '../support/races.js';
import { PASSWORD, world } from '../support/world.js';

/** Whether the request may be retried: the first one is still in progress, or the server is overloaded. */
const isPutOff = ({ status, headers }: { status: number; headers: Record<string, string> }) =>
  (status === 409 || status === 503) && headers['retry-after'] !== undefined;

const body = { current_password: PASSWORD, new_password: 'Another-Pass-77' };

describe('an operation that checks data before its transaction', () => {
  it('runs once for concurrent requests with the same key', async () => {
    const { user: changer } = await world();
    const change = () => changer.put('/users/me/password', body).set('Idempotency-Key', 'change');
    const answers = await Promise.all(Array.from({ length: 6 }, () => change()));
    answers.push(await change());
    expect(answers.filter((answer) => answer.status !== 204 && !isPutOff(answer))).toEqual([]);
    expect(answers.at(-1)!.headers['idempotency-replayed']).toBe('true');
    const events = await auditOf(`users/${changer.id}`);
    expect(events.filter(({ action }) => action === 'user.password_changed')).toHaveLength(1);
  });

  it('replays the response if the first request commits meanwhile and would make the check fail', async () => {
    const { user: changer } = await world();
    const change = (key: string) => changer.put('/users/me/password', body).set('Idempotency-Key', key);
    expect((await change('a')).status).toBe(204);
    // the request has looked up its key, and waits to check the password, which has changed meanwhile
    const { answers } = await whileLocked(
      'lock table attempts',
      () => [change('b').then((answer) => answer)],
      () =>
        query(
          `insert into idempotency_keys (caller_id, operation, key, fingerprint, expires_at, status, headers, body)
         select caller_id, operation, 'b', fingerprint, expires_at, status, headers, body
         from idempotency_keys where caller_id = $1 and key = 'a'`,
          [changer.id],
        ),
    );
    const [again] = answers;
    expect([again!.status, again!.headers['idempotency-replayed']]).toEqual([204, 'true']);
  });
});
