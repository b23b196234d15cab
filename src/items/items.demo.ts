import type { DemoExamples } from '../openapi/demo-examples.js';

// Nobody has ordered the last item.
export default { deleteItem: { ids: { item_id: 11 } } } satisfies DemoExamples;
