import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { BaseColumns, TextIndex } from '../kernel/database/columns.js';
import { Searched } from '../kernel/database/searched.decorator.js';
import { User } from '../users/user.entity.js';

/** A post of a user. It is deleted together with its author. */
@Entity('posts')
@TextIndex('posts_title_id_idx')
@Index('posts_created_at_id_idx', ['created_at', 'id'])
@Index('posts_user_id_id_idx', ['user_id', 'id'])
@TextIndex('posts_user_id_title_id_idx')
@Index('posts_user_id_created_at_id_idx', ['user_id', 'created_at', 'id'])
export class Post extends BaseColumns {
  @Column('integer')
  user_id!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @Column('text')
  @Searched('posts_title_search_idx')
  title!: string;

  @Column('text')
  @Searched('posts_body_search_idx')
  body!: string;
}
