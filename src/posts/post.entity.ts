import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { BaseColumns } from '../kernel/database/columns.js';
import { User } from '../users/user.entity.js';

/** What somebody wrote; it goes with its author. */
@Entity('posts')
@Index('posts_user_id_id_idx', ['user_id', 'id'])
export class Post extends BaseColumns {
  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @Column('text')
  title!: string;

  @Column('text')
  body!: string;
}
