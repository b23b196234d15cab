import { anItem, anOrder, aPost, auditOf } from '../support/factories.js';
import { query } from '../support/database.js';
import { linksOf } from '../support/links.js';
import { verdictOn } from './trail.js';
import { anon, aUser, PASSWORD, world, type Actor } from '../support/world.js';

interface Event {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly [field: string]: unknown;
}

let admin: Actor;
let user: Actor;

beforeAll(async () => {
  ({ admin, user } = await world());
});

const listed = async (filters: Record<string, string | number>): Promise<Event[]> => {
  const search = new URLSearchParams(
    Object.entries(filters).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const { status, body } = await admin.get(`/audit?${search.toString()}`);
  expect(status).toBe(200);
  return body as Event[];
};

const actions = (events: readonly Event[]) => events.map(({ action }) => action);

/** Returns the item's name in each event. */
const names = (events: unknown) =>
  (events as { details: { after: { name: string } } }[]).map((e) => e.details.after.name);

const newest = async (subject: string) => (await auditOf(subject)).at(-1);

describe('GET /audit', () => {
  it('returns the actor, action, time, request and address, and the values before and after', async () => {
    const body = { user: { name: 'Ann Lee', bio: 'Likes trains' }, reason: 'marriage' };
    const answer = await user.put(`/users/${user.id}`, body);
    const [event] = await listed({ subject: `users/${user.id}`, action: 'user.updated' });
    expect(event).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor_id: user.id,
      action: 'user.updated',
      subject: `users/${user.id}`,
      request_id: answer.headers['x-request-id'],
      address: '127.0.0.1',
      details: {
        reason: 'marriage',
        fields: ['name', 'bio'],
        before: { name: 'Ann', bio: null },
        after: { name: 'Ann Lee', bio: 'Likes trains' },
      },
    });
  });

  it('lists the newest events first, in pages that new events do not shift', async () => {
    const { id } = await anItem();
    for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) await admin.patch(`/items/${id}`, { name });
    const first = await admin.get(`/audit?subject=items/${id}&limit=2`);
    const second = await admin.get(linksOf(first).next!);
    await admin.patch(`/items/${id}`, { name: 'Six' }); // must not shift the following pages
    const third = await admin.get(linksOf(second).next!);
    const back = await admin.get(linksOf(third).prev!);
    expect([first, second, third, back].map(({ body }) => names(body))).toEqual([
      ['Five', 'Four'],
      ['Three', 'Two'],
      ['One'],
      ['Three', 'Two'],
    ]);
    expect(linksOf(third)).not.toHaveProperty('next');
    expect(names((await admin.get(`/audit?subject=items/${id}&limit=2&page=2`)).body)).toEqual(['Four', 'Three']);
  });

  it.each(['actor_id', 'action', 'subject', 'request_id'] as const)('filters by %s', async (name) => {
    const answer = await user.patch('/profile', { bio: name });
    const request_id = String(answer.headers['x-request-id']);
    const values = { actor_id: user.id, action: 'user.updated', subject: `users/${user.id}`, request_id };
    const events = await listed({ [name]: values[name], limit: 100 });
    expect(events.map(({ request_id: id }) => id)).toContain(request_id);
    expect(new Set(events.map((event) => event[name]))).toEqual(new Set([values[name]]));
    expect(await listed({ [name]: name === 'actor_id' ? 2_000_000_000 : 'nothing' })).toEqual([]);
  });

  it.each([
    ['from=yesterday', 'input is too short'],
    ['to=2026-02-30', 'day value is outside expected range'],
  ])('returns 422 with the reason for %s', async (search, error) => {
    const { status, body } = await admin.get(`/audit?${search}`);
    const [name, input] = search.split('=');
    expect([status, body]).toEqual([
      422,
      {
        detail: [
          {
            type: 'datetime_from_date_parsing',
            loc: ['query', name],
            msg: `Input should be a valid datetime or date, ${error}`,
            input,
            ctx: { error },
          },
        ],
      },
    ]);
  });

  it('is for admins only', async () => {
    expect((await anon.get('/audit')).status).toBe(401);
    expect((await user.get('/audit')).status).toBe(403);
  });

  it('is not recorded in the audit trail itself', async () => {
    await listed({});
    const [before] = await listed({ actor_id: admin.id, limit: 1 });
    expect((await listed({ actor_id: admin.id, limit: 1 }))[0]).toEqual(before);
  });
});

describe('the audit trail records', () => {
  it('the identity of an account when it is created and when it is deleted', async () => {
    const { email, id } = await aUser({ name: 'Eve' });
    const who = { email, name: 'Eve', role: 'user' };
    const made = await admin.post('/users', { email: `x${email}`, name: 'Eve', role: 'admin', password: PASSWORD });
    expect(await newest(`users/${(made.body as { id: number }).id}`)).toMatchObject({
      action: 'user.created',
      details: { after: { ...who, email: `x${email}`, role: 'admin' } },
    });
    await admin.delete(`/users/${id}`);
    expect(await newest(`users/${id}`)).toMatchObject({ action: 'user.deleted', details: { before: who } });
  });

  it('changes of address and metadata without their values', async () => {
    await user.patch('/profile', { metadata: { plan: 'gold' }, address: { street: 'Elm 1', city: 'X' }, tags: ['a'] });
    expect((await newest(`users/${user.id}`))!.details).toEqual({
      fields: expect.arrayContaining(['metadata', 'address', 'tags']),
      before: { tags: [] },
      after: { tags: ['a'] },
    });
  });

  it('changes that admins make to posts of others, but not those that authors make to their own posts', async () => {
    const { id } = await aPost(user.id);
    await user.patch(`/api/v1/posts/${id}`, { title: 'Mine' });
    expect(await auditOf(`posts/${id}`)).toEqual([]);
    await admin.patch(`/api/v1/posts/${id}`, { title: 'Moderated' });
    expect(await newest(`posts/${id}`)).toMatchObject({
      actor_id: admin.id,
      action: 'post.updated',
      details: { fields: ['title'], before: { title: 'Mine' }, after: { title: 'Moderated' } },
    });
    await admin.delete(`/api/v1/posts/${id}`);
    expect(await newest(`posts/${id}`)).toMatchObject({
      action: 'post.deleted',
      details: { before: { user_id: user.id, title: 'Moderated' } },
    });
  });

  it('mails that admins send to other people, but not those that users send to themselves', async () => {
    await admin.post(`/email?email=${user.email}`);
    await user.post(`/email?email=${user.email}`);
    expect((await auditOf(`emails/${user.email}`)).map(({ actor_id }) => actor_id)).toEqual([admin.id]);
  });

  it('status changes of orders', async () => {
    const { id } = await anOrder({ user_id: user.id });
    await user.post(`/orders/${id}/payment`);
    expect((await newest(`orders/${id}`))!.details).toEqual({
      fields: ['status'],
      before: { status: 'new' },
      after: { status: 'paid' },
    });
  });

  it('all events in an intact chain', async () => {
    expect((await verdictOn(databaseUrl)).broken).toBeUndefined();
  });
});

describe('GET /audit with a time range', () => {
  it('filters by from and to, both inclusive, regardless of the gaps between events', async () => {
    const subject = 'times/1';
    const times = ['2040-01-01T00:00:00.000Z', '2040-01-01T00:00:00.001Z', '2040-06-01T12:00:00.000Z'];
    for (const at of [...times, '2041-01-01T00:00:00.000Z']) {
      await query(`insert into audit_events (at, action, subject) values ($1, 'x', $2)`, [at, subject]);
    }
    const between = async (range: Record<string, string>) => (await listed({ subject, ...range })).map(({ at }) => at);
    expect(await between({ from: times[1]!, to: times[2]! })).toEqual([times[2], times[1]]);
    expect(await between({ to: times[0]! })).toEqual([times[0]]);
    expect(await between({ from: '2040-06-01T14:00:00.001+02:00' })).toEqual(['2041-01-01T00:00:00.000Z']);
    expect(await between({ from: '2041-01-02' })).toEqual([]);
    expect(await between({ from: '2041-01-01', to: '2040-01-01' })).toEqual([]);
  });

  it('finds events that were written in a different order than their times', async () => {
    const subject = 'times/2';
    const add = 'insert into audit_events (at, action, subject) values ($1, $2, $3)';
    await query(add, ['2042-01-01T00:00:00.050Z', 'later', subject]);
    await query(add, ['2042-01-01T00:00:00.000Z', 'sooner', subject]);
    expect(actions(await listed({ subject, from: '2042-01-01T00:00:00.050Z' }))).toEqual(['later']);
    expect(actions(await listed({ subject, to: '2042-01-01T00:00:00.000Z' }))).toEqual(['sooner']);
  });
});
