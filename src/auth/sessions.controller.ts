import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles, SessionOnly, UserRole, type Caller } from '../kernel/access/access.js';
import { IdPipe, UuidPipe } from '../kernel/http/id.pipe.js';
import { PageQuery } from '../kernel/http/page-query.dto.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { userNotFound } from '../users/users.errors.js';
import { sessionNotFound } from './auth.errors.js';
import { SessionResponse } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

// The routes to list and end sessions.

@ApiTags('auth')
@ReadsPrimary()
@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Lists where you are signed in. Each session shows its device and when it was last used. */
  @SessionOnly()
  @Get('auth/sessions')
  @Returns([SessionResponse])
  listSessions(@CurrentUser() caller: Caller, @Query() page: PageQuery) {
    return this.sessions.list(caller, page);
  }

  /** Ends a session of your own, or any for an admin. Its tokens stop working at once. */
  @SessionOnly()
  @Delete('auth/sessions/:session_id')
  @ReturnsNothing({ errors: [sessionNotFound] })
  endSession(@CurrentUser() caller: Caller, @Param('session_id', new UuidPipe(sessionNotFound)) session_id: string) {
    return this.sessions.end(caller, session_id);
  }

  /** Ends all sessions of an account. Its user has to sign in again. */
  @Roles(UserRole.admin)
  @SessionOnly()
  @Delete('users/:user_id/sessions')
  @ReturnsNothing({ errors: [userNotFound] })
  endUserSessions(@CurrentUser() caller: Caller, @Param('user_id', new IdPipe(userNotFound)) user_id: number) {
    return this.sessions.endAll(caller, user_id);
  }
}
