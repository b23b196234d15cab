import type { Resource } from './support/resource.js';

export default {
  access: {
    listPosts: 'public',
    createPost: 'caller',
    getPost: 'public',
    patchPost: 'own',
    deletePost: 'own',
    listUserPosts: 'public',
    getUserPost: 'public',
  },
  subjects: {
    post_id: { table: 'posts', values: { user_id: 'owner', title: `'Hello'`, body: `'World'` } },
  },
  shows: { posts: ['title', 'body'] },
} satisfies Resource;
