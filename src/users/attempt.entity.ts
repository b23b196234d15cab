import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';

/** How often something was tried in the current span of time, by whoever the key stands for. */
@Entity('attempts')
export class Attempt {
  /** What is counted, and a colon; then an address prefix, or the hash of what somebody wants to sign in as. */
  @PrimaryColumn('text')
  key!: string;

  @Column('integer')
  count!: number;

  /** The first of them: with it the span of time begins. */
  @Timestamp()
  since!: Date;

  /** Nothing more is let through before. */
  @Timestamp({ nullable: true })
  until!: Date | null;
}
