import { anExport } from '../support/factories.js';
import type { Resource } from '../support/resource.js';

export default {
  access: {
    analyseSales: 'caller',
    exportOrders: 'caller',
    createExport: 'caller',
    listExports: 'caller',
    getExport: 'owner only',
    deleteExport: 'owner only',
    downloadExport: 'owner only',
    getDashboard: 'own',
  },
  subjects: {
    export_id: { table: 'exports', make: ({ id }) => anExport(id) },
  },
  shows: { exports: ['format', 'status', 'sha256'] },
} satisfies Resource;
