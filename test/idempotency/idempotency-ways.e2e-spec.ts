import { randomUUID } from 'node:crypto';
import type { DataSource, Repository } from 'typeorm';
import type { Caller } from '../../src/kernel/access/access.js';
import type { Post } from '../../src/posts/post.entity.js';
import type { PostCreate } from '../../src/posts/posts.dto.js';
import { query } from '../support/database.js';
import { aUser, type Actor } from '../support/world.js';

type Row = Pick<Post, 'user_id' | 'title' | 'body'>;
type Way = (posts: Repository<Post>, row: Row, source: DataSource) => Promise<unknown>;

const INSERT = 'insert into posts (user_id, title, body) values ($1, $2, $3)';
const values = ({ user_id, title, body }: Row) => [user_id, title, body];

/** Ways to write a row without Aerie's own repositories. */
const WAYS: Record<string, Way> = {
  'Repository.save': (posts, row) => posts.save(row),
  'Repository.insert': (posts, row) => posts.insert(row),
  'Repository.query': (posts, row) => posts.query(INSERT, values(row)),
  'a query builder': (posts, row) => posts.createQueryBuilder().insert().values(row).execute(),
  'EntityManager.transaction': (posts, row) => posts.manager.transaction((tx) => tx.query(INSERT, values(row))),
  'DataSource.query': (_, row, source) => source.query(INSERT, values(row)),
  'a query runner that commits': async (_, row, source) => {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query(INSERT, values(row));
    await runner.commitTransaction();
    await runner.release();
  },
};

let way: Way = () => Promise.reject(new Error('No way is chosen'));
let after: () => Promise<void> = async () => {};
let user: Actor;

beforeAll(async () => {
  const app = await startApp({
    providers: {
      PostsService: (source) => {
        const posts = source.getRepository<Post>('Post');
        const create = async ({ id: user_id }: Caller, given: PostCreate) => {
          await way(posts, { user_id, ...given }, source);
          await after();
          return posts.findOneOrFail({ where: { user_id, title: given.title }, order: { id: 'DESC' } });
        };
        return { create };
      },
    },
  });
  user = (await aUser()).at(app.url);
});

const count = async (title: string) => (await query('select 1 from posts where title = $1', [title])).length;
const post = (title: string, key: string) =>
  user.post('/api/v1/posts', { title, body: 'B' }).set('Idempotency-Key', key);

describe.each(Object.entries(WAYS))('a request with a key that writes with %s', (_name, chosen) => {
  beforeEach(() => {
    way = chosen;
    after = async () => {};
  });

  it('runs once, and a retry gets the same response', async () => {
    const [title, key] = [randomUUID(), randomUUID()];
    const first = await post(title, key);
    const again = await post(title, key);
    expect([first.status, again.status, await count(title)]).toEqual([201, 201, 1]);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
  });

  it('runs once if it is sent five times concurrently', async () => {
    const [title, key] = [randomUUID(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(title, key)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(await count(title)).toBe(1);
  });

  it('is rolled back if the handler fails after the write, and can then be retried', async () => {
    const [title, key] = [randomUUID(), randomUUID()];
    expectServerErrors(1);
    after = () => Promise.reject(new Error('the handler fails'));
    expect([(await post(title, key)).status, await count(title)]).toEqual([500, 0]);
    after = async () => {};
    expect([(await post(title, key)).status, await count(title)]).toEqual([201, 1]);
  });
});
