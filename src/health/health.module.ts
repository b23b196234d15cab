import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { RootController } from './root.controller.js';
import { KernelModule } from '../kernel/kernel.module.js';

@Module({
  imports: [KernelModule],
  controllers: [RootController, HealthController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
