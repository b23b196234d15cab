import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles, UserRole } from '../kernel/access/access.js';
import { Query } from '../kernel/http/inputs.js';
import { Returns } from '../kernel/http/returns.js';
import { AuditEventResponse, AuditListQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly trail: AuditService) {}

  /** Lists the audit trail, newest first. Filters may be combined; reading leaves no trace in it, only in the log. */
  @Roles(UserRole.admin)
  @Get()
  @Returns([AuditEventResponse])
  listAuditEvents(@Query() query: AuditListQuery) {
    return this.trail.list(query);
  }
}
