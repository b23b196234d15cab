import { IsInt, Max, Min } from 'class-validator';
import { jobKind } from '../jobs/job-kind.js';
import { MAX_ID } from '../kernel/database/ids.js';
import { MAX_EXPORT_MS } from './export-connections.js';

class WriteExportPayload {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  export_id!: number;
}

/** Writes the file of an export. A process runs one such job at a time. */
export const WriteExport = jobKind('write-export', WriteExportPayload, {
  batchSize: 1,
  expireInSeconds: MAX_EXPORT_MS / 1000 + 60,
});
