import type { DemoExamples } from '../openapi/demo-examples.js';

export default {
  disableUser: { ids: { user_id: 7 } },
  enableUser: { ids: { user_id: 7 } },
  changeRole: { ids: { user_id: 6 } },
} satisfies DemoExamples;
