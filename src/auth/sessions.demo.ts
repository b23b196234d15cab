import type { DemoExamples } from '../openapi/demo-examples.js';

// The demo sessions that the examples in the OpenAPI document refer to.

/** One of Ann's sessions. */
export const DEMO_SESSION_ID = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';

export default {
  endSession: { ids: { session_id: DEMO_SESSION_ID }, requires: { current: [false] } },
  endUserSessions: { ids: { user_id: 3 } },
} satisfies DemoExamples;
