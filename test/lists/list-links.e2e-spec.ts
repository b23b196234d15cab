import request from 'supertest';
import { query } from '../support/database.js';
import { anItem, anOrder, aPost } from '../support/factories.js';
import { linksOf, pagesOf } from '../support/links.js';
import { anon, aUser, world } from '../support/world.js';

interface Envelope {
  pagination: { skip: number; limit: number };
  items: { id: number }[];
}

const named = async (name: string, n: number) => {
  const items: { id: number }[] = [];
  for (let i = 0; i < n; i++) items.push(await anItem({ name }));
  return items.map(({ id }) => id);
};

const skipOf = ({ body }: { body: unknown }) => (body as Envelope).pagination.skip;
const idsOf = ({ body }: { body: unknown }) => (body as Envelope).items.map(({ id }) => id);

describe('the envelope of GET /items', () => {
  it('contains the offset of the page, whether it is requested by number or by link', async () => {
    await named('Skipped', 7);
    const byNumber = await anon.get('/items?search=skipped&page=3&limit=2');
    expect(byNumber.body).toMatchObject({ pagination: { skip: 4, limit: 2 } });
    const pages = await pagesOf(anon, '/items?search=skipped&limit=2');
    expect(pages.map(skipOf)).toEqual([0, 2, 4, 6]);
    const back = await anon.get(linksOf(pages[3]!).prev!);
    expect(back.body).toEqual(byNumber.body);
  });

  it('has the offset 0 on the first page, even if earlier rows were deleted in the meantime', async () => {
    const ids = await named('Vanishing', 6);
    const third = await anon.get('/items?search=vanishing&page=3&limit=2');
    await query('delete from items where id = any($1)', [ids.slice(0, 3)]);
    const back = await anon.get(linksOf(third).prev!);
    expect(idsOf(back)).toEqual([ids[3]]);
    expect(skipOf(back)).toBe(0);
    expect(linksOf(back).prev).toBeUndefined();
  });
});

describe('the links of a list', () => {
  it('keep the other query parameters, correctly encoded', async () => {
    const name = 'a b&c=d?e>f"é+%41';
    const ids = await named(name, 3);
    const search = new URLSearchParams({ search: name, unknown: '1', limit: '1' }).toString();
    const answer = await anon.get(`/items?page=2&${search}`);
    const id = ids[1]!;
    expect(answer.headers['link']).toBe(
      `</items?${search}>; rel="first", </items?${search}&before=${id}.1>; rel="prev", </items?${search}&after=${id}.2>; rel="next"`,
    );
    const pages = await pagesOf(anon, `/items?${search}`);
    expect(pages.flatMap(idsOf)).toEqual(ids);
  });

  it('keep an unencoded question mark in the query', async () => {
    const ids = await named('why? because', 2);
    await named('why? or why not', 2);
    const pages = await pagesOf(anon, '/items?limit=1&search=why?+because');
    expect(pages.flatMap(idsOf)).toEqual(ids);
  });

  it('keep the path exactly as it was sent', async () => {
    const user = await aUser();
    await aPost(user.id);
    const answer = await anon.get(`/users/0${user.id}/posts?limit=5`);
    expect(answer.headers['link']).toBe(`</users/0${user.id}/posts?limit=5>; rel="first"`);
  });

  it('are the same in the response to HEAD', async () => {
    const { user } = await world();
    for (let i = 0; i < 3; i++) await aPost(user.id);
    const path = `/users/${user.id}/posts?limit=1&page=2`;
    const [got, head] = [await anon.get(path), await request(baseUrl).head(path)];
    expect(Object.keys(linksOf(head))).toEqual(['first', 'prev', 'next']);
    expect(head.headers['link']).toBe(got.headers['link']);
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });

  it('reach the greatest possible id', async () => {
    const user = await aUser();
    const ids = [2_147_483_645, 2_147_483_646, 2_147_483_647];
    for (const id of ids)
      await query(`insert into posts (id, user_id, title, body) values ($1, $2, 'Late', '')`, [id, user.id]);
    const pages = await pagesOf(anon, `/users/${user.id}/posts?limit=1`);
    expect(pages.map(({ body }) => (body as { id: number }[]).map(({ id }) => id))).toEqual(ids.map((id) => [id]));
    const back = await anon.get(linksOf(pages[2]!).prev!);
    expect(back.body).toEqual(pages[1]!.body);
  });

  it('do not expose rows of other accounts, even with invented cursors', async () => {
    const { user, stranger } = await world();
    const theirs = await anOrder({ user_id: stranger.id });
    const mine = await anOrder({ user_id: user.id });
    await anOrder({ user_id: stranger.id });
    const answer = await user.get(`/orders?after=${theirs.id - 1}.0`);
    expect((answer.body as { id: number }[]).map(({ id }) => id)).toEqual([mine.id]);
    expect((await user.get(`/orders?before=${mine.id}.9`)).body).toEqual([]);
  });
});
