import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How often something was tried in the current span of time, by whoever the key stands for. */
@Entity('attempts')
export class Attempt {
  /** What is counted, and a colon; then an address prefix, or the hash of what somebody wants to sign in as. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'attempts_pkey' })
  key!: string;

  @Column('integer')
  count!: number;

  /** The first of them: with it the span of time begins. */
  @Column({ type: 'timestamptz', precision: 3 })
  since!: Date;

  /** Nothing more is let through before. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  until!: Date | null;
}
