import { Column, CreateDateColumn, Index, PrimaryGeneratedColumn, VersionColumn, type ColumnOptions } from 'typeorm';

const TIMESTAMP = { type: 'timestamptz', precision: 3 } as const;

/** The id of a row, which counts up. */
export function Id(): PropertyDecorator {
  return PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' });
}

/** A point in time, to the millisecond. */
export function Timestamp(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, ...TIMESTAMP });
}

/** When the row was made. */
export function CreatedAt(): PropertyDecorator {
  return CreateDateColumn(TIMESTAMP);
}

/**
 * Counts the changes of the row; its entity tag is made of it. A trigger counts, since no statement may forget to, and
 * judges the request's preconditions: the application does not start without it.
 */
export function Version(): PropertyDecorator {
  return VersionColumn({ type: 'integer', default: 1 });
}

/**
 * An index with the beginning of a text, by which lists are sorted (`left(name, 200)`): a whole text may be too long for one.
 * TypeORM cannot declare it, so a migration has to make it.
 */
export function TextIndex(name: string): ClassDecorator {
  return Index(name, { synchronize: false });
}

/** The columns that most tables have: `class Post extends BaseColumns`. */
export abstract class BaseColumns {
  @Id()
  id!: number;

  @CreatedAt()
  created_at!: Date;

  @Version()
  version!: number;
}
