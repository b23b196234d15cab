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

  /** Lists your active sessions. A session is a sign-in on one device. The oldest sessions come first. */
  @SessionOnly()
  @Get('auth/sessions')
  @Returns([SessionResponse])
  listSessions(@CurrentUser() caller: Caller, @Query() page: PageQuery) {
    return this.sessions.list(caller, page);
  }

  /** Ends one of your sessions. All tokens of the session stop working immediately. Admins can end every session. */
  @SessionOnly()
  @Delete('auth/sessions/:session_id')
  @ReturnsNothing({ errors: [sessionNotFound] })
  endSession(@CurrentUser() caller: Caller, @Param('session_id', new UuidPipe(sessionNotFound)) session_id: string) {
    return this.sessions.end(caller, session_id);
  }

  /** Ends all sessions of an account. The user must sign in again. Their personal access tokens stay valid. */
  @Roles(UserRole.admin)
  @SessionOnly()
  @Delete('users/:user_id/sessions')
  @ReturnsNothing({ errors: [userNotFound] })
  endUserSessions(@CurrentUser() caller: Caller, @Param('user_id', new IdPipe(userNotFound)) user_id: number) {
    return this.sessions.endAll(caller, user_id);
  }
}
