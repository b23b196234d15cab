import { IsInt, IsISO8601, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { EntityClass } from './hydrate.js';
import { MAX_ID } from './ids.js';
import type { Type } from '../validation/validate.js';

/** What each row of a seed file has. */
export class SeedRow {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  id!: number;

  /** Absent: now. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  @IsISO8601({ strict: true })
  created_at?: string | null;
}

/** An account of the demo. */
export interface DemoPerson {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly isAdmin: boolean;
}

/** The rows of one table in seed files and in the demo. A feature's `things.seed.ts` exports it as its default. */
export interface Seed<Row extends SeedRow = SeedRow> {
  readonly entity: EntityClass<{ id: number }>;
  /** What a row of a seed file is: its fields are the table's columns. */
  readonly row: Type<Row>;
  /** The rows of the demo, so that the examples of the documentation are answered. */
  readonly demo: (people: readonly DemoPerson[]) => readonly object[];
  /** The columns of the rows, where they are not the fields themselves. */
  readonly columns?: (rows: readonly Row[]) => readonly object[];
}
