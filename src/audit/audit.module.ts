import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { DeniedAccess } from './denied-access.js';

@Module({ controllers: [AuditController], providers: [AuditService, DeniedAccess] })
export class AuditModule {}
