import type { DemoExamples } from '../openapi/demo-examples.js';
import { ExportStatus } from './export-file.entity.js';

export default {
  downloadExport: { requires: { status: [ExportStatus.ready] } },
} satisfies DemoExamples;
