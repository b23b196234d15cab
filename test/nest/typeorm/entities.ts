import {
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm';

@Entity('nest_owners')
export class Owner {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ unique: true })
  name!: string;

  @OneToMany(() => Cat, (cat) => cat.owner, { cascade: true })
  cats!: Cat[];
}

@Entity('nest_cats')
export class Cat {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column()
  name!: string;

  @Column({ type: 'int', default: 0 })
  age!: number;

  @Column({ type: 'simple-array', nullable: true })
  tags!: string[] | null;

  @ManyToOne(() => Owner, (owner) => owner.cats, { nullable: true })
  @JoinColumn({ name: 'owner_id' })
  owner!: Owner | null;

  @CreateDateColumn({ name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at' })
  updatedAt!: Date;

  @DeleteDateColumn({ name: 'deleted_at' })
  deletedAt!: Date | null;

  @VersionColumn()
  version!: number;
}

/** SQL that creates the tables, instead of migrations. */
export const TABLES = `
  create table if not exists nest_owners (id serial primary key, name text not null unique);
  create table if not exists nest_cats (
    id serial primary key, name text not null, age int not null default 0, tags text, owner_id int references nest_owners,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
    version int not null default 1
  );
`;
