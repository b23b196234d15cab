import { IsInt, IsISO8601, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { EntityClass } from './hydrator.js';
import { MAX_ID } from './ids.js';
import type { Type } from '../validation/model-metadata.js';

// Types with which features describe their rows in seed files and in the demo data.

/** The fields that every row of a seed file has. */
export class SeedRow {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  id!: number;

  /** The current time if absent. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  @IsISO8601({ strict: true })
  created_at?: string | null;
}

/** An account of the demo data. */
export interface DemoPerson {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly isAdmin: boolean;
}

/**
 * Describes the rows of one table in seed files and in the demo data. The default export of a feature's
 * `things.seed.ts`.
 */
export interface Seed<Row extends SeedRow = SeedRow> {
  readonly entity: EntityClass<{ id: number }>;
  /** The class of a row in a seed file. Its fields are the table's columns. */
  readonly row: Type<Row>;
  /** Returns the rows of the demo data, which the examples in the OpenAPI document refer to. */
  readonly demo: (people: readonly DemoPerson[]) => readonly object[];
  /** Converts rows of the file to column values, if they differ. */
  readonly columns?: (rows: readonly Row[]) => readonly object[];
}
