import type { DemoExamples } from '../openapi/demo-examples.js';

// 1 is the admin, who signs in with this account: nothing is done to it.
export default {
  getUser: { ids: { user_id: 2 } },
  replaceUser: { ids: { user_id: 2 } },
  deleteUser: { ids: { user_id: 8 } },
} satisfies DemoExamples;
