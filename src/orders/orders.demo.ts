import type { DemoExamples } from '../openapi/demo-examples.js';
import { BEFORE } from './orders.service.js';

export default {
  payOrder: { requires: { status: BEFORE.paid } },
  shipOrder: { ids: { order_id: 2 }, requires: { status: BEFORE.sent } },
  cancelOrder: { ids: { order_id: 6 }, requires: { status: BEFORE.cancelled } },
} satisfies DemoExamples;
