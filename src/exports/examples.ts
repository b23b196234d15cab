import { FORMATS } from './order-rows.js';

/** The content of an example export, by media type. */
export const EXAMPLES = {
  [FORMATS.csv.media]: `id,user_id,item_id,item,quantity,total_cents,status,created_at
1,2,1,Desk lamp,1,495,new,2026-01-31T09:30:00.000Z
`,
  [FORMATS.ndjson.media]:
    `{"id":1,"user_id":2,"item_id":1,"item":"Desk lamp","quantity":1,"total_cents":495,"status":"new","created_at":"2026-01-31T09:30:00.000Z"}
`,
};
