import {
  BeforeUpdate,
  Column,
  DeleteDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  VersionColumn,
} from 'typeorm';

@Entity('nest_kittens')
export class Kitten {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  name!: string;

  @Column('integer', { default: 0 })
  age!: number;

  @OneToMany(() => Toy, (toy) => toy.kitten, { cascade: true })
  toys!: Toy[];

  @DeleteDateColumn()
  deleted_at!: Date | null;

  @VersionColumn()
  version!: number;

  @BeforeUpdate()
  grow() {
    this.age++;
  }
}

@Entity('nest_toys')
export class Toy {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  name!: string;

  @ManyToOne(() => Kitten, (kitten) => kitten.toys, { cascade: ['update'], orphanedRowAction: 'delete' })
  @JoinColumn({ name: 'kitten_id' })
  kitten!: Kitten;

  @DeleteDateColumn()
  deleted_at!: Date | null;
}

/** SQL that creates the tables, instead of migrations. */
export const KITTEN_TABLES = [
  `create table nest_kittens (
    id serial primary key, name text not null, age int not null default 0, deleted_at timestamptz,
    version int not null default 1)`,
  `create table nest_toys (
    id serial primary key, name text not null, kitten_id int references nest_kittens, deleted_at timestamptz)`,
  `create trigger nest_kittens_version before update or delete on nest_kittens
    for each row execute function count_version()`,
];
