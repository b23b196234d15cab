import { Column, CreateDateColumn, Index, PrimaryGeneratedColumn, VersionColumn, type ColumnOptions } from 'typeorm';

// Column decorators that entities share.

const SAFE_BIGINT = {
  from: (value: string | null) => (value === null ? null : Number(value)),
  to: (value: number | null) => value,
};
const TIMESTAMP = { type: 'timestamptz', precision: 3 } as const;

/** The primary key: an integer identity column. */
export function Id(): PropertyDecorator {
  return PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' });
}

/** A `timestamptz` column with millisecond precision, as in JavaScript's Date. */
export function Timestamp(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, ...TIMESTAMP });
}

/** A `bigint` column for integers in JavaScript's safe range. pg returns them as text. */
export function SafeBigInt(options: ColumnOptions = {}): PropertyDecorator {
  return Column('bigint', { ...options, transformer: SAFE_BIGINT });
}

/** The time when the row was inserted. */
export function CreatedAt(): PropertyDecorator {
  return CreateDateColumn(TIMESTAMP);
}

/**
 * The number of times the row was changed, from 1; the row's entity tag contains it. A database trigger increments it,
 * so that no statement can forget to, and checks the request's preconditions. The application does not start without
 * the trigger.
 */
export function Version(): PropertyDecorator {
  return VersionColumn({ type: 'integer', default: 1 });
}

/**
 * Declares an index on the first characters of a text column (`left(name, 200)`), for lists that are sorted by it. A
 * whole text may exceed the maximum size of an index entry. TypeORM cannot create such an index, so a migration has to.
 */
export function TextIndex(name: string): ClassDecorator {
  return Index(name, { synchronize: false });
}

/** The columns that most tables have in common: `class Post extends BaseColumns`. */
export abstract class BaseColumns {
  @Id()
  id!: number;

  @CreatedAt()
  created_at!: Date;

  @Version()
  version!: number;
}
