import { aJob } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

export default {
  access: {
    listJobs: 'caller',
    getJob: 'own',
    retryJob: 'admin',
    cancelJob: 'admin',
  },
  subjects: {
    job_id: { table: 'pgboss.job', make: ({ id }, state) => aJob({ user_id: id, state }) },
  },
} satisfies Resource;
