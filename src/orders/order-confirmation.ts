import { IsInt, Max, Min } from 'class-validator';
import { jobKind } from '../jobs/job-kind.js';
import { MAX_ID } from '../kernel/database/ids.js';

class OrderConfirmationPayload {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  order_id!: number;
}

/** Mails the customer a confirmation of their order. */
export const OrderConfirmation = jobKind('order-confirmation', OrderConfirmationPayload);
