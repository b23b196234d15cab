import { Controller, Get, Param } from '@nestjs/common';
import { Roles, UserRole } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { RequestPath, RequestStory } from './requests.dto.js';
import { requestNotFound } from './requests.errors.js';
import { RequestsService } from './requests.service.js';

@Tag('requests', 'Details of single requests: log lines, SQL statements, jobs, mails and audit events.')
@Controller('requests')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  /**
   * Shows what a request did. Returns its log lines, its SQL statements and its audit events, and the jobs and mails
   * that it caused. Log lines and statements are kept only in the memory of the server that handled the request, until
   * newer ones replace them. Jobs, mails and audit events come from the database.
   */
  @Roles(UserRole.admin)
  @Get(':request_id')
  @Returns(RequestStory, { errors: [requestNotFound] })
  getRequest(@Param() { request_id }: RequestPath) {
    return this.requests.get(request_id);
  }
}
