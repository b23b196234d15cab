import { IsBoolean, IsEnum } from 'class-validator';
import { ExportFormat, ExportStatus } from './export-file.entity.js';

export class ExportQuery {
  /** Whether CSV begins with a byte order mark, by which Excel knows that it is UTF-8. NDJSON never does. */
  @IsBoolean()
  bom: boolean = false;
}

export class ExportCreate {
  /**
   * CSV for spreadsheets, or a JSON object a line for programs.
   * @example "csv"
   */
  @IsEnum(ExportFormat)
  format: ExportFormat = ExportFormat.csv;

  /** Whether the file is compressed. */
  @IsBoolean()
  gzip: boolean = false;

  /** Whether CSV begins with a byte order mark, by which Excel knows that it is UTF-8. NDJSON never does. */
  @IsBoolean()
  bom: boolean = false;
}

export class ExportResponse {
  /** @example 1 */
  id!: number;

  /**
   * `queued → running → ready`; back to `queued` when an attempt failed, `failed` when it was the last.
   * @example "ready"
   */
  status!: ExportStatus;

  /** @example "csv" */
  format!: ExportFormat;

  gzip!: boolean;

  /** Whether it is of everybody's orders. */
  all_orders!: boolean;

  /**
   * Rows that are written so far.
   * @example 60
   */
  rows_done!: number;

  /**
   * Rows that it will have; null before it begins.
   * @example 60
   */
  rows_total!: number | null;

  /**
   * Size of the finished file.
   * @example 3600
   */
  size_bytes!: number | null;

  /**
   * Of the finished file, in hexadecimal; also its `ETag`.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  sha256!: string | null;

  created_at!: Date;

  finished_at!: Date | null;

  /** The file is gone then. */
  expires_at!: Date;
}
