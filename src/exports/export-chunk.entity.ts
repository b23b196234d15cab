import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ExportFile } from './export-file.entity.js';

/** Bytes of a chunk; the last one of a file has the rest. */
export const CHUNK_BYTES = 1024 * 1024;

/**
 * A piece of a file. Files are in the database, not in a folder: every process of every machine can serve them, they are
 * written in the transactions of the job that makes them, and they go with their row.
 */
@Entity('export_chunks')
export class ExportChunk {
  @PrimaryColumn('integer')
  export_id!: number;

  @ManyToOne(() => ExportFile, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'export_id' })
  export?: Relation<ExportFile>;

  /** From 0, without a gap. */
  @PrimaryColumn('integer')
  position!: number;

  @Column('bytea')
  bytes!: Buffer;
}
