import type { Resource } from '../support/resource.js';

export default {
  access: {
    listAuditEvents: 'admin',
  },
  shows: { audit_events: ['action', 'subject', 'request_id', 'address', 'details'] }, // for admins only
} satisfies Resource;
