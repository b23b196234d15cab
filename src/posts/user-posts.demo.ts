import type { DemoExamples } from '../openapi/demo-examples.js';

// The author of the first post.
export default {
  listUserPosts: { ids: { user_id: 2 } },
  getUserPost: { ids: { user_id: 2 } },
} satisfies DemoExamples;
