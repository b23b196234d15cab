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

it('nothing is reported if every operation and every parameter is declared', () => {
  expect(told([list, get], ['test/posts.resource.ts', posts])).toEqual([]);
  expect(told([list, get], ['test/posts/posts.resource.ts', posts])).toEqual([]);
});

it('a resource without a file is reported once, with the file to create', () => {
  expect(told([list, get])).toEqual([
    'create test/posts/posts.resource.ts (a Resource of test/support/resource.ts) with "access" for listPosts, getPost and "subjects" for post_id',
  ]);
});

it('operations without access rules are reported together, and parameters without subjects separately', () => {
  expect(told([list, get], ['test/posts.resource.ts', { access: {} }])).toEqual([
    'test/posts.resource.ts: add listPosts, getPost to "access"',
    'test/posts.resource.ts: add post_id to "subjects"',
  ]);
});

it('a parameter may be declared in the file of another resource', () => {
  const below = operation('listReplies', '/posts/{post_id}/replies', 'replies');
  const replies: Resource = { access: { listReplies: 'public' } };
  const resources: [string, Resource][] = [
    ['test/posts.resource.ts', posts],
    ['test/replies.resource.ts', replies],
  ];
  expect(told([list, get, below], ...resources)).toEqual([]);
  expect(isDeclared(below, new Map(resources))).toBe(true);
});

it('an unknown operation and an operation in the file of another tag are reported', () => {
  const stray: Resource = { access: { getPost: 'public' } };
  expect(told([list], ['test/posts.resource.ts', posts])).toEqual([
    'test/posts.resource.ts: the application has no getPost. Is the module in src/app.module.ts?',
  ]);
  expect(told([list, get], ['test/posts.resource.ts', posts], ['test/items.resource.ts', stray])).toEqual([
    'test/items.resource.ts: move getPost to test/posts.resource.ts, the file of its tag',
  ]);
});

it('only declared operations are called by the other tests', () => {
  const resources = new Map([['test/posts.resource.ts', { access: { listPosts: 'public' } } satisfies Resource]]);
  expect([list, get].map((one) => isDeclared(one, resources))).toEqual([true, false]);
  expect(isDeclared(list, new Map())).toBe(false);
});
