import type { DemoExamples } from '../openapi/demo-examples.js';

// The examples sign in as account 1, an admin, and do not change it.
export default {
  getUser: { ids: { user_id: 2 } },
  replaceUser: { ids: { user_id: 2 } },
  deleteUser: { ids: { user_id: 8 } },
} satisfies DemoExamples;
