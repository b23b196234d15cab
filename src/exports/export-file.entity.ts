import { Check, Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { CreatedAt, Id, Timestamp } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** `queued → running → ready`; back to `queued` when an attempt failed, `failed` when it was the last. */
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

/** A file of orders that a job writes; its bytes are the export's chunks. */
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

  /** Everybody's orders: made by an admin, and seen by him as long as he is one. */
  @Column('boolean')
  all_orders!: boolean;

  @Column('text')
  format!: ExportFormat;

  @Column('boolean')
  gzip!: boolean;

  /** A byte order mark in front of CSV. */
  @Column('boolean', { default: false })
  bom!: boolean;

  @Column('text', { default: ExportStatus.queued })
  status!: ExportStatus;

  @Column('integer', { default: 0 })
  rows_done!: number;

  /** Known once an attempt has begun. */
  @Column('integer', { nullable: true })
  rows_total!: number | null;

  /** Of the finished file; pg gives a `bigint` as text. */
  @Column('bigint', {
    nullable: true,
    transformer: {
      from: (bytes: string | null) => (bytes === null ? null : Number(bytes)),
      to: (bytes: unknown) => bytes,
    },
  })
  size_bytes!: number | null;

  /** In hexadecimal, of the finished file. */
  @Column('text', { nullable: true })
  sha256!: string | null;

  @CreatedAt()
  created_at!: Date;

  @Timestamp({ nullable: true })
  finished_at!: Date | null;

  @Timestamp()
  expires_at!: Date;
}
