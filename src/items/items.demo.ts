import type { DemoExamples } from '../openapi/demo-examples.js';

// The last item has no orders.
export default { deleteItem: { ids: { item_id: 11 } } } satisfies DemoExamples;
