import { Module } from '@nestjs/common';
import { KeyCleanUp } from './key.clean-up.js';

/** What recurs for the kernel's own tables. */
@Module({ providers: [KeyCleanUp] })
export class HousekeepingModule {}
