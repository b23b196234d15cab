import type { DemoExamples } from '../openapi/demo-examples.js';

// The demo request that the examples in the OpenAPI document refer to.

/** The request that queued the demo jobs. */
export const DEMO_REQUEST_ID = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';

export default { getRequest: { ids: { request_id: DEMO_REQUEST_ID } } } satisfies DemoExamples;
