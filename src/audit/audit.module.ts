import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { DeniedAccess } from './denied-access.js';
import { AuditEvent } from './audit-event.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';

@Module({
  imports: [KernelModule, TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditController],
  providers: [AuditService, DeniedAccess],
})
export class AuditModule {}
