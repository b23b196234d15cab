import { ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsEnum } from 'class-validator';
import { ExportFormat, ExportStatus } from './export-file.entity.js';

export class ExportQuery {
  /** If true, a CSV file begins with a byte order mark, so that Excel reads it as UTF-8. Ignored for NDJSON. */
  @IsBoolean()
  bom: boolean = false;
}

@ApiSchema({ description: 'The format of a new export file.' })
export class ExportCreate {
  /**
   * `csv` for spreadsheets, or `ndjson` (one JSON object per line) for programs.
   * @example "csv"
   */
  @IsEnum(ExportFormat)
  format: ExportFormat = ExportFormat.csv;

  /** If true, the file is compressed with gzip. */
  @IsBoolean()
  gzip: boolean = false;

  /** If true, a CSV file begins with a byte order mark, so that Excel reads it as UTF-8. Ignored for NDJSON. */
  @IsBoolean()
  bom: boolean = false;
}

@ApiSchema({ description: 'An export: a file of orders that is written in the background.' })
export class ExportResponse {
  /**
   * Id of the export.
   * @example 1
   */
  id!: number;

  /**
   * `queued`, `running`, then `ready`. After a failed attempt, the status is `queued` again; after the last failed
   * attempt, it is `failed`.
   * @example "ready"
   */
  status!: ExportStatus;

  /**
   * The format of the file.
   * @example "csv"
   */
  format!: ExportFormat;

  /** True if the file is compressed with gzip. */
  gzip!: boolean;

  /** True if the file has the orders of all users. Only admins can export these. */
  all_orders!: boolean;

  /**
   * Number of rows written so far.
   * @example 60
   */
  rows_done!: number;

  /**
   * Number of rows that the file will have. Null until writing begins.
   * @example 60
   */
  rows_total!: number | null;

  /**
   * Size of the finished file in bytes. Null until the export is ready.
   * @example 3600
   */
  size_bytes!: number | null;

  /**
   * SHA-256 of the finished file in hexadecimal, which is also its `ETag`. Null until the export is ready.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  sha256!: string | null;

  /** When the export was requested (UTC). */
  created_at!: Date;

  /** When the file was finished (UTC). Null until the export is ready. */
  finished_at!: Date | null;

  /** When the export and its file are deleted (UTC). */
  expires_at!: Date;
}
