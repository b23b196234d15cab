import { Body, Controller, Delete, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles, SessionOnly, UserRole, type Caller } from '../kernel/access/access.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { UserResponse } from '../users/users.dto.js';
import { lastAdmin, userNotFound } from '../users/users.errors.js';
import { ownDeactivation } from './accounts.errors.js';
import { RoleChange, AccountStatusReason } from './account-status.dto.js';
import { AccountStatusService } from './account-status.service.js';

@ApiTags('users')
@Controller('users/:user_id')
export class AccountStatusController {
  constructor(private readonly status: AccountStatusService) {}

  /**
   * Disables an account. Its sessions end immediately, and its personal access tokens are refused until the account is
   * enabled again. Its data is kept. If the account is already disabled, nothing changes. You cannot disable your own
   * account (409).
   */
  @Roles(UserRole.admin)
  @SessionOnly()
  @Post('deactivation')
  @ReturnsNothing({ errors: [userNotFound, ownDeactivation, lastAdmin] })
  disableUser(
    @CurrentUser() caller: Caller,
    @Param('user_id', new IdPipe(userNotFound)) user_id: number,
    @Body() body: AccountStatusReason,
  ) {
    return this.status.disable(caller, user_id, body);
  }

  /**
   * Enables a disabled account. The user must sign in again; their personal access tokens work again. If the account is
   * not disabled, nothing changes.
   */
  @Roles(UserRole.admin)
  @SessionOnly()
  @Delete('deactivation')
  @ReturnsNothing({ errors: [userNotFound] })
  enableUser(
    @CurrentUser() caller: Caller,
    @Param('user_id', new IdPipe(userNotFound)) user_id: number,
    @Body() body: AccountStatusReason,
  ) {
    return this.status.enable(caller, user_id, body);
  }

  /**
   * Changes the role of an account. The new role applies to the next request of the user; no new sign-in is needed. The
   * last admin cannot get another role (409).
   */
  @Roles(UserRole.admin)
  @SessionOnly()
  @Put('role')
  @Returns(UserResponse, { errors: [userNotFound, lastAdmin] })
  changeRole(
    @CurrentUser() caller: Caller,
    @Param('user_id', new IdPipe(userNotFound)) user_id: number,
    @Body() body: RoleChange,
  ) {
    return this.status.changeRole(caller, user_id, body);
  }
}
