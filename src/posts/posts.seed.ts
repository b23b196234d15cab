import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { SeedRow, type Seed } from '../kernel/database/seed.js';
import { Post } from './post.entity.js';

class PostRow extends SeedRow {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;

  @IsString()
  @MaxLength(200)
  title!: string;

  @IsString()
  @MaxLength(20_000)
  body!: string;
}

export default {
  entity: Post,
  row: PostRow,
  demo: (people) =>
    people
      .filter(({ isAdmin }) => !isAdmin)
      .map(({ id, name }, i) => ({ id: i + 1, user_id: id, title: `Hello from ${name}`, body: 'My first post.' })),
} satisfies Seed<PostRow>;
