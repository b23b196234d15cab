import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import { User } from '../users/user.entity.js';

/** What somebody wrote; it goes with its author. */
@Entity('posts')
@Index('posts_user_id_id_idx', ['user_id', 'id'])
export class Post {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'posts_pkey',
  })
  id!: number;

  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'posts_user_id_fkey' })
  user?: Relation<User>;

  @Column('text')
  title!: string;

  @Column('text')
  body!: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  /** Counts the changes: a trigger adds one at each. The row's entity tag is made of it. */
  @Column('integer', { default: 1 })
  version!: number;
}
