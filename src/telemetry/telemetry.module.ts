import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { Telemetry } from './telemetry.service.js';

@Module({ imports: [KernelModule, HealthModule], providers: [Telemetry] })
export class TelemetryModule {}
