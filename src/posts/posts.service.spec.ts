import { jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { getRepositoryToken } from '@nestjs/typeorm';
import { UserRole, type Caller } from '../kernel/access/access.js';
import { Page } from '../kernel/database/page.js';
import { User } from '../users/user.entity.js';
import { Post } from './post.entity.js';
import { PostsService } from './posts.service.js';

const author: Caller = { id: 7, role: UserRole.user, email: 'a@example.com', session_id: undefined };
const admin: Caller = { ...author, id: 1, role: UserRole.admin };
const post = Object.assign(new Post(), { id: 3, user_id: 7, title: 'T', body: 'B', version: 1 });
const request = { page: 1, limit: 10 };

const trail = { insertOne: jest.fn<(event: object) => Promise<void>>() };
const own = {
  where: () => own,
  filtered: () => own,
  search: () => own,
  locked: () => own,
  one: jest.fn<(parameters: object) => Promise<Post | undefined>>(),
  page: jest.fn<(...given: object[]) => Promise<Page<Post>>>(),
};
const tx = { getRepository: () => trail };
const posts = {
  manager: { transaction: (work: (given: object) => unknown) => work(tx) },
  where: () => own,
  page: jest.fn(),
  findById: jest.fn<(id: number) => Promise<Post | undefined>>(),
  lock: jest.fn<(id: number) => Promise<Post | undefined>>(),
  insertOne: jest.fn(),
  updateOne: jest.fn<(row: Post, changes: object) => Promise<object>>(),
  deleteOne: jest.fn(),
};
const users = { existsBy: jest.fn<() => Promise<boolean>>() };
let service: PostsService;

beforeEach(async () => {
  jest.resetAllMocks();
  posts.updateOne.mockImplementation((row, changes) => Promise.resolve({ ...row, ...changes }));
  const module = await Test.createTestingModule({
    providers: [
      PostsService,
      { provide: getRepositoryToken(Post), useValue: posts },
      { provide: getRepositoryToken(User), useValue: users },
    ],
  }).compile();
  service = module.get(PostsService);
});

describe('get', () => {
  it('returns the post', async () => {
    posts.findById.mockResolvedValue(post);
    expect(await service.get(3)).toBe(post);
    expect(posts.findById).toHaveBeenCalledWith(3);
  });

  it('searches only the posts of the author if an author is given', async () => {
    own.one.mockResolvedValue(undefined);
    await expect(service.get(3, 8)).rejects.toThrow('Post not found');
    expect(own.one).toHaveBeenCalledWith({ id: 3, user_id: 8 });
  });
});

describe('listOf', () => {
  const none = new Page<Post>([], { skip: 0, limit: 10 });

  it.each([true, false])(
    'distinguishes an author without posts from an unknown user (user exists: %s)',
    async (exists) => {
      own.page.mockResolvedValue(none);
      users.existsBy.mockResolvedValue(exists);
      const listed = service.listOf(7, request);
      await (exists ? expect(listed).resolves.toBe(none) : expect(listed).rejects.toThrow('User not found'));
    },
  );

  it('does not check whether the user exists if there are posts', async () => {
    own.page.mockResolvedValue(new Page([post], { skip: 0, limit: 10 }));
    expect((await service.listOf(7, request)).rows).toEqual([post]);
    expect(users.existsBy).not.toHaveBeenCalled();
  });
});

describe('patch', () => {
  it('updates a post of the author without an audit event', async () => {
    own.one.mockResolvedValue(post);
    expect(await service.patch(author, 3, { title: 'New' })).toMatchObject({ id: 3, title: 'New' });
    expect(posts.updateOne).toHaveBeenCalledWith(post, { title: 'New' });
    expect(trail.insertOne).not.toHaveBeenCalled();
  });

  it('records a change by an admin in the audit trail', async () => {
    posts.lock.mockResolvedValue(post);
    await service.patch(admin, 3, { title: 'New' });
    expect(trail.insertOne).toHaveBeenCalledWith(
      expect.objectContaining({
        actor_id: 1,
        action: 'post.updated',
        subject: 'posts/3',
        details: { fields: ['title'], before: { title: 'T' }, after: { title: 'New' } },
      }),
    );
  });
});

describe('remove', () => {
  it('does not find posts of other users', async () => {
    own.one.mockResolvedValue(undefined);
    await expect(service.remove(author, 3)).rejects.toThrow('Post not found');
    expect(posts.deleteOne).not.toHaveBeenCalled();
  });
});
