import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentUser, Public, Roles, SignedIn, UserRole, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { EmbeddedBody } from '../kernel/http/body.decorators.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import {
  UserCreate,
  UserListQuery,
  UserPreview,
  UserReplace,
  UserReplaced,
  UserResponse,
  UserWithAddress,
} from './users.dto.js';
import { emailTaken, lastAdmin, roleForbidden, tooManyPasswords, userNotFound } from './users.errors.js';
import { UsersService } from './users.service.js';

@Tag('users', 'User accounts: sign-up, changes, roles and imports.')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /**
   * Creates an account. Anyone can sign up with the role `user`. Only an admin can create an account with the role
   * `admin` (otherwise 403). The new account gets a welcome mail with a link to confirm its e-mail address.
   */
  @Public({ optional: true })
  @Post()
  @Returns(UserResponse, {
    status: 201,
    errors: [emailTaken, roleForbidden, tooManyPasswords],
    headers: { Location: 'Path of the new account.' },
    links: {
      get: { operation: 'getUser', parameters: { user_id: '$response.body#/id' } },
      delete: { operation: 'deleteUser', parameters: { user_id: '$response.body#/id' } },
    },
  })
  async createUser(@CurrentUser() caller: Caller | undefined, @Body() body: UserCreate) {
    const user = await this.users.create(caller, body);
    return created(user, `/users/${user.id}`);
  }

  /**
   * Shows how an account would be stored. The data is validated and returned in the form in which it would be stored.
   * Nothing is saved. It is not checked whether the e-mail address is already registered.
   */
  @Public()
  @Post('preview')
  @Returns(UserPreview, { withoutDatabase: true })
  previewUser(@Body() body: UserWithAddress) {
    return body;
  }

  /**
   * Lists user accounts. By default, only active accounts are returned. With `active=false`, only disabled accounts are
   * returned.
   */
  @Roles(UserRole.admin)
  @Get()
  @Returns([UserResponse])
  listUsers(@Query() query: UserListQuery) {
    return this.users.list(query);
  }

  /** Shows your own account. See `GET /profile` for the complete profile. */
  @SignedIn()
  @ReadsPrimary()
  @Get('me')
  @Returns(UserResponse, { errors: [userNotFound] })
  getMe(@CurrentUser() caller: Caller) {
    return this.users.get(caller, caller.id);
  }

  /** Shows an account. Users can see their own account, admins every account. */
  @SignedIn()
  @Get(':user_id')
  @Returns(UserResponse, { errors: [userNotFound] })
  getUser(@CurrentUser() caller: Caller, @Param('user_id', new IdPipe(userNotFound)) user_id: number) {
    return this.users.get(caller, user_id);
  }

  /**
   * Changes an account and records the reason. Users can change their own account, admins every account. Fields that
   * are null or absent stay as they are. The reason is stored in the audit trail.
   */
  @SignedIn()
  @Put(':user_id')
  @Returns(UserReplaced, { errors: [userNotFound] })
  replaceUser(
    @CurrentUser() caller: Caller,
    @Param('user_id', new IdPipe(userNotFound)) user_id: number,
    @EmbeddedBody() body: UserReplace,
  ) {
    return this.users.replace(caller, user_id, body);
  }

  /**
   * Deletes an account. Users can delete their own account, admins every account. Its sessions end immediately, and its
   * posts are deleted. Its orders are kept, with `user_id` set to null. The last admin cannot be deleted (409).
   */
  @SignedIn()
  @Delete(':user_id')
  @ReturnsNothing({ errors: [userNotFound, lastAdmin] })
  deleteUser(@CurrentUser() caller: Caller, @Param('user_id', new IdPipe(userNotFound)) user_id: number) {
    return this.users.remove(caller, user_id);
  }
}
