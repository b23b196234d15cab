import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { userNotFound } from '../users/users.errors.js';
import { Dashboard, DashboardQuery } from './dashboard.dto.js';
import { DashboardService } from './dashboard.service.js';

@ApiTags('reports')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly dashboards: DashboardService) {}

  /** Shows the dashboard of an account. Users can see their own dashboard, admins every dashboard. */
  @SignedIn()
  @Get()
  @Returns(Dashboard, { errors: [userNotFound] })
  getDashboard(@CurrentUser() caller: Caller, @Query() { user_id }: DashboardQuery) {
    return this.dashboards.get(caller, user_id);
  }
}
