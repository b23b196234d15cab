import { Controller, Get, Param } from '@nestjs/common';
import { Roles, UserRole } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { RequestPath, RequestStory } from './requests.dto.js';
import { requestNotFound } from './requests.errors.js';
import { RequestsService } from './requests.service.js';

@Tag('requests', 'What single requests did and caused.')
@Controller('requests')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  /**
   * Shows what a request did and caused. Log lines and statements are kept in memory for a while by the server that handled
   * the request; jobs, mails and audit events are in the database.
   */
  @Roles(UserRole.admin)
  @Get(':request_id')
  @Returns(RequestStory, { errors: [requestNotFound] })
  getRequest(@Param() { request_id }: RequestPath) {
    return this.requests.get(request_id);
  }
}
