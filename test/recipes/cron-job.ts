import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { execute } from '../../src/kernel/database/statement.js';

const OLD = `delete from posts where created_at < now() - interval '5 years'`;

@Injectable()
class OldPosts implements OnModuleInit {
  constructor(private readonly jobs: Jobs) {}

  onModuleInit(): void {
    this.jobs.every('30 3 * * *', 'old-posts', (job) => job.finish((tx) => execute(tx, OLD, [])));
  }
}

@Module({ imports: [JobsModule], providers: [OldPosts] })
export class OldPostsModule {}
