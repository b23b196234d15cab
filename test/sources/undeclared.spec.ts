import type { Resource } from '../support/resource.js';
import { isDeclared, undeclared } from '../support/undeclared.js';

const operation = (operationId: string, path = '/posts', tag = 'posts') => ({ operationId, path, tags: [tag] });
const list = operation('listPosts');
const get = operation('getPost', '/posts/{post_id}');
const posts: Resource = {
  access: { listPosts: 'public', getPost: 'public' },
  subjects: { post_id: { table: 'posts', values: {} } },
};

const told = (operations: (typeof list)[], ...resources: [string, Resource][]) =>
  undeclared(operations, new Map(resources));

it('nothing is missing where every operation and every parameter is named', () => {
  expect(told([list, get], ['test/posts.resource.ts', posts])).toEqual([]);
  expect(told([list, get], ['test/posts/posts.resource.ts', posts])).toEqual([]);
});

it('a resource without a file is one mistake, and names the file', () => {
  expect(told([list, get])).toEqual([
    'create test/posts/posts.resource.ts (a Resource of test/support/resource.ts) with "access" for listPosts, getPost and "subjects" for post_id',
  ]);
});

it('operations without a rule are one mistake, a parameter that names nothing another', () => {
  expect(told([list, get], ['test/posts.resource.ts', { access: {} }])).toEqual([
    'test/posts.resource.ts: add listPosts, getPost to "access"',
    'test/posts.resource.ts: add post_id to "subjects"',
  ]);
});

it('a parameter may be named by the file of another resource', () => {
  const below = operation('listReplies', '/posts/{post_id}/replies', 'replies');
  const replies: Resource = { access: { listReplies: 'public' } };
  const resources: [string, Resource][] = [
    ['test/posts.resource.ts', posts],
    ['test/replies.resource.ts', replies],
  ];
  expect(told([list, get, below], ...resources)).toEqual([]);
  expect(isDeclared(below, new Map(resources))).toBe(true);
});

it('what the application does not have is a mistake, and so is the file of another tag', () => {
  const stray: Resource = { access: { getPost: 'public' } };
  expect(told([list], ['test/posts.resource.ts', posts])).toEqual([
    'test/posts.resource.ts: the application has no getPost. Is the module in src/app.module.ts?',
  ]);
  expect(told([list, get], ['test/posts.resource.ts', posts], ['test/items.resource.ts', stray])).toEqual([
    'test/items.resource.ts: move getPost to test/posts.resource.ts, the file of its tag',
  ]);
});

it('only what is declared is asked by the other tests', () => {
  const resources = new Map([['test/posts.resource.ts', { access: { listPosts: 'public' } } satisfies Resource]]);
  expect([list, get].map((one) => isDeclared(one, resources))).toEqual([true, false]);
  expect(isDeclared(list, new Map())).toBe(false);
});
