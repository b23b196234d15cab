import { Module } from '@nestjs/common';
import { CallerWriteCleanUp } from './caller-write.clean-up.js';
import { KeyCleanUp } from './key.clean-up.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { JobsModule } from '../jobs/jobs.module.js';

/** Clean-up jobs for the kernel's own tables. */
@Module({ imports: [KernelModule, JobsModule], providers: [KeyCleanUp, CallerWriteCleanUp] })
export class HousekeepingModule {}
