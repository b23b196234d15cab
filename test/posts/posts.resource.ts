import { SEARCHED, type Resource } from '../support/resource.js';

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
    post_id: {
      table: 'posts',
      values: {
        user_id: 'owner',
        title: SEARCHED,
        body: `'World'`,
        created_at: `timestamptz '2026-01-01Z' + i * interval '1 minute'`,
      },
    },
  },
  shows: { posts: ['title', 'body'] },
} satisfies Resource;
