import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Timestamp } from '../kernel/database/columns.js';

/** A counter of attempts in the current time window. */
@Entity('attempts')
export class Attempt {
  /** The name of the limit and a colon, then a network prefix or the hash of an account id, sign-in name or address. */
  @PrimaryColumn('text')
  key!: string;

  @Column('integer')
  count!: number;

  /** The time of the first attempt, at which the window starts. */
  @Timestamp()
  since!: Date;

  /** No attempt is allowed before this time. */
  @Timestamp({ nullable: true })
  until!: Date | null;
}
