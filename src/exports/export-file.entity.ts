import { Check, Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { CreatedAt, Id, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** `queued → running → ready`. A failed attempt sets it back to `queued`, the last one to `failed`. */
export enum ExportStatus {
  queued = 'queued',
  running = 'running',
  ready = 'ready',
  failed = 'failed',
}

export enum ExportFormat {
  csv = 'csv',
  ndjson = 'ndjson',
}

/** An export: a file of orders, written by a job. Its content is stored as ExportChunk rows. */
@Entity('exports')
@Index('exports_user_id_id_idx', ['user_id', 'id'])
@Index('exports_expires_at_idx', ['expires_at'])
@Check('exports_status_check', `status in ('queued', 'running', 'ready', 'failed')`)
@Check('exports_format_check', `format in ('csv', 'ndjson')`)
export class ExportFile {
  @Id()
  id!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  /** Whether the file has the orders of all users. Only admins can create and read such exports. */
  @Column('boolean')
  all_orders!: boolean;

  @Column('text')
  format!: ExportFormat;

  @Column('boolean')
  gzip!: boolean;

  /** Whether a CSV file begins with a byte order mark. */
  @Column('boolean', { default: false })
  bom!: boolean;

  @Column('text', { default: ExportStatus.queued })
  status!: ExportStatus;

  @Column('integer', { default: 0 })
  rows_done!: number;

  /** Null until an attempt has counted the rows. */
  @Column('integer', { nullable: true })
  rows_total!: number | null;

  /** The size of the finished file. pg returns a `bigint` as a string. */
  @Column('bigint', {
    nullable: true,
    transformer: {
      from: (bytes: string | null) => (bytes === null ? null : Number(bytes)),
      to: (bytes: unknown) => bytes,
    },
  })
  size_bytes!: number | null;

  /** The SHA-256 of the finished file, in hexadecimal. */
  @Column('text', { nullable: true })
  sha256!: string | null;

  @CreatedAt()
  created_at!: Date;

  @Timestamp({ nullable: true })
  finished_at!: Date | null;

  @Timestamp()
  expires_at!: Date;
}
