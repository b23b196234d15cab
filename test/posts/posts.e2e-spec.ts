import { query } from '../support/database.js';
import { aPost } from '../support/factories.js';
import {
  expectInvalid,
  expectNotAuthenticated,
  expectRefused,
  missing,
  notAnInteger,
  notAString,
  tooLong,
  tooShort,
} from '../support/refusals.js';
import { anon, aUser, world } from '../support/world.js';

const MISSING = 2_147_483_647;

const titleOf = async ({ id }: { id: number }) => {
  const [row] = await query<{ title: string }>('select title from posts where id = $1', [id]);
  return row?.title;
};

describe('GET /api/v1/posts', () => {
  it('lists all posts', async () => {
    const { id: user_id } = await aUser();
    const posts = [await aPost(user_id), await aPost(user_id)];
    const answer = await anon.get('/api/v1/posts?limit=100');
    expect(answer.status).toBe(200);
    expect(answer.headers['link']).toBe('</api/v1/posts?limit=100>; rel="first"');
    const listed = (answer.body as { id: number; user_id: number }[]).filter((post) => post.user_id === user_id);
    expect(listed).toEqual(
      posts.map(({ id }) => ({ id, user_id, title: 'Hello', body: 'World', created_at: expect.any(String) as string })),
    );
  });
});

describe('GET /api/v1/posts/{post_id}', () => {
  it('shows a post', async () => {
    const { id: user_id } = await aUser();
    const { id } = await aPost(user_id);
    const answer = await anon.get(`/api/v1/posts/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, user_id, title: 'Hello', body: 'World' });
    expect(Object.keys(answer.body as object)).toEqual(['id', 'user_id', 'title', 'body', 'created_at']);
  });

  it.each(['0', '-1', '2147483647', '99999999999999999999'])('returns 404 for post %s', async (id) => {
    expectRefused(await anon.get(`/api/v1/posts/${id}`), 404, 'Post not found');
  });

  it('refuses an id that is not an integer', async () => {
    expectInvalid(await anon.get('/api/v1/posts/first'), notAnInteger(['path', 'post_id'], 'first'));
  });
});

describe('POST /api/v1/posts', () => {
  it('publishes a post for the account of the token, and ignores ids in the body', async () => {
    const { user, stranger } = await world();
    const given = { title: 'Hello', body: 'My first post.' };
    const answer = await user.post('/api/v1/posts', { ...given, user_id: stranger.id, id: 1_000_000 });
    expect(answer.status).toBe(201);
    const { id } = answer.body as { id: number };
    expect(id).not.toBe(1_000_000);
    expect(answer.headers['location']).toBe(`/api/v1/posts/${id}`);
    expect(answer.body).toMatchObject({ ...given, user_id: user.id });
    expect((await anon.get(`/api/v1/posts/${id}`)).body).toEqual(answer.body);
  });

  it('refuses anonymous callers', async () => {
    expectNotAuthenticated(await anon.post('/api/v1/posts', { title: 'Hello', body: '' }));
  });

  it('reports all validation errors at once', async () => {
    const user = await aUser();
    expectInvalid(await user.post('/api/v1/posts', {}), missing(['body', 'title'], {}), missing(['body', 'body'], {}));
    const long = 'x'.repeat(20_001);
    expectInvalid(
      await user.post('/api/v1/posts', { body: long, title: '' }),
      tooShort(1, ['body', 'title'], ''),
      tooLong(20_000, ['body', 'body'], long),
    );
  });
});

describe('PATCH /api/v1/posts/{post_id}', () => {
  it('changes the fields that were sent, for the author and for an admin', async () => {
    const { user, admin } = await world();
    const { body: post } = await user.post('/api/v1/posts', { title: 'Hello', body: 'World' });
    const answer = await user.patch(`/api/v1/posts/${post.id}`, { title: 'Hello again', user_id: admin.id });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...post, title: 'Hello again' });
    const corrected = await admin.patch(`/api/v1/posts/${post.id}`, { body: '' });
    expect(corrected.body).toEqual({ ...post, title: 'Hello again', body: '' });
    expect((await anon.get(`/api/v1/posts/${post.id}`)).body).toEqual(corrected.body);
  });

  it('returns 404 for the post of another user, as for a missing post', async () => {
    const { user, stranger } = await world();
    const post = await aPost(user.id);
    expectRefused(await stranger.patch(`/api/v1/posts/${post.id}`, { title: 'Mine' }), 404, 'Post not found');
    expectRefused(await stranger.patch(`/api/v1/posts/${MISSING}`, { title: 'Mine' }), 404, 'Post not found');
    expect(await titleOf(post)).toBe('Hello');
  });

  it('refuses anonymous callers, null and values of the wrong type', async () => {
    const { user } = await world();
    const post = await aPost(user.id);
    expectNotAuthenticated(await anon.patch(`/api/v1/posts/${post.id}`, { title: 'Mine' }));
    expectInvalid(
      await user.patch(`/api/v1/posts/${post.id}`, { title: null, body: 5 }),
      notAString(['body', 'title'], null),
      notAString(['body', 'body'], 5),
    );
    expect(await titleOf(post)).toBe('Hello');
  });
});

describe('DELETE /api/v1/posts/{post_id}', () => {
  it('deletes a post for its author and for an admin', async () => {
    const { user, admin } = await world();
    const [first, second] = [await aPost(user.id), await aPost(user.id)];
    expect((await user.delete(`/api/v1/posts/${first.id}`)).status).toBe(204);
    expect((await admin.delete(`/api/v1/posts/${second.id}`)).status).toBe(204);
    expectRefused(await anon.get(`/api/v1/posts/${first.id}`), 404, 'Post not found');
    expectRefused(await user.delete(`/api/v1/posts/${first.id}`), 404, 'Post not found');
    expect(await titleOf(second)).toBeUndefined();
  });

  it('returns 404 for the post of another user, as for a missing post, and refuses anonymous callers', async () => {
    const { user, stranger } = await world();
    const post = await aPost(user.id);
    expectRefused(await stranger.delete(`/api/v1/posts/${post.id}`), 404, 'Post not found');
    expectRefused(await stranger.delete(`/api/v1/posts/${MISSING}`), 404, 'Post not found');
    expectNotAuthenticated(await anon.delete(`/api/v1/posts/${post.id}`));
    expect(await titleOf(post)).toBe('Hello');
  });
});

describe('GET /users/{user_id}/posts', () => {
  it("lists one author's posts", async () => {
    const { user, stranger } = await world();
    const { body: post } = await user.post('/api/v1/posts', { title: 'Mine', body: '' });
    await aPost(stranger.id);
    const answer = await anon.get(`/users/${user.id}/posts`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([post]);
  });

  it('returns an empty list for an author without posts, and 404 for a missing author', async () => {
    const user = await aUser();
    const answer = await anon.get(`/users/${user.id}/posts`);
    expect({ status: answer.status, body: answer.body as unknown }).toEqual({ status: 200, body: [] });
    expectRefused(await anon.get(`/users/${MISSING}/posts`), 404, 'User not found');
    expectRefused(await anon.get('/users/0/posts'), 404, 'User not found');
  });

  it('reports errors in the path and the query together', async () => {
    expectInvalid(
      await anon.get('/users/me/posts?page=x'),
      notAnInteger(['path', 'user_id'], 'me'),
      notAnInteger(['query', 'page'], 'x'),
    );
  });
});

describe('GET /users/{user_id}/posts/{post_id}', () => {
  it('shows the post with both ids', async () => {
    const user = await aUser();
    const { body: post } = await user.post('/api/v1/posts', { title: 'Mine', body: '' });
    const answer = await anon.get(`/users/${user.id}/posts/${post.id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...post, post_id: post.id });
  });

  it('returns 404 for the post of another author and for a missing post', async () => {
    const { user, stranger } = await world();
    const post = await aPost(stranger.id);
    for (const path of [
      `/users/${user.id}/posts/${post.id}`,
      `/users/${stranger.id}/posts/${MISSING}`,
      '/users/0/posts/0',
    ])
      expectRefused(await anon.get(path), 404, 'Post not found');
  });

  it('reports both ids if both are invalid', async () => {
    expectInvalid(
      await anon.get('/users/x/posts/y'),
      notAnInteger(['path', 'user_id'], 'x'),
      notAnInteger(['path', 'post_id'], 'y'),
    );
  });
});

it('posts are deleted with the account of their author', async () => {
  const { user } = await world();
  const post = await aPost(user.id);
  expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
  expectRefused(await anon.get(`/api/v1/posts/${post.id}`), 404, 'Post not found');
  expectRefused(await anon.get(`/users/${user.id}/posts`), 404, 'User not found');
});
