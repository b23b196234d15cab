import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { RootController } from './root.controller.js';
import { CacheModule } from '../cache/cache.module.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';

@Module({
  imports: [KernelModule, CacheModule, ReplicasModule],
  controllers: [RootController, HealthController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
