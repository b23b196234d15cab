import { Controller, Get, Query } from '@nestjs/common';
import { Roles, UserRole } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { AuditEventResponse, AuditListQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@Tag('audit', 'The audit trail: who did what, and when.')
@Controller('audit')
export class AuditController {
  constructor(private readonly trail: AuditService) {}

  /**
   * Lists the events of the audit trail. The newest events come first, unless `sort` is `id`. If you use several
   * filters, an event must match all of them. Reading the trail adds a line to the server's log, but no event to the
   * trail.
   */
  @Roles(UserRole.admin)
  @Get()
  @Returns([AuditEventResponse])
  listAuditEvents(@Query() query: AuditListQuery) {
    return this.trail.list(query);
  }
}
