import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ExportFile } from './export-file.entity.js';

/** The size of a chunk in bytes. The last chunk of a file can be smaller. */
export const CHUNK_BYTES = 1024 * 1024;

/**
 * A piece of an export file. Files are stored in the database, not in a folder. Every process on every machine can
 * serve them, the job that creates them writes them in its transactions, and they are deleted with their row.
 */
@Entity('export_chunks')
export class ExportChunk {
  @PrimaryColumn('integer')
  export_id!: number;

  @ManyToOne(() => ExportFile, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'export_id' })
  export?: Relation<ExportFile>;

  /** The position of the chunk in the file: 0, 1, 2, … */
  @PrimaryColumn('integer')
  position!: number;

  @Column('bytea')
  bytes!: Buffer;
}
