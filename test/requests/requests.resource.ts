import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { aJob } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

const CAUSE = `update pgboss.job set data = data || jsonb_build_object('origin', json_build_object('request_id', $2::text)) where id = $1`;

export default {
  access: {
    getRequest: 'admin',
  },
  subjects: {
    request_id: {
      table: 'pgboss.job',
      make: async (owner) => {
        const request_id = randomUUID();
        const job = await aJob({ user_id: owner.id });
        await query(CAUSE, [job.id, request_id]);
        return { id: request_id };
      },
    },
  },
} satisfies Resource;
