import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, SessionOnly, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { PageQuery } from '../kernel/http/page-query.dto.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { AccessTokenCreate, AccessTokenMade, AccessTokenResponse } from './access-tokens.dto.js';
import { accessTokenNotFound } from './access-tokens.errors.js';
import { AccessTokensService } from './access-tokens.service.js';

// The routes of /auth/access-tokens.

@ApiTags('auth')
@ReadsPrimary()
@Controller('auth/access-tokens')
export class AccessTokensController {
  constructor(private readonly tokens: AccessTokensService) {}

  /**
   * Lists your personal access tokens. Expired tokens are included. The values of the tokens are not: each is shown
   * only once, when the token is created.
   */
  @SessionOnly()
  @Get()
  @Returns([AccessTokenResponse])
  listAccessTokens(@CurrentUser() caller: Caller, @Query() page: PageQuery) {
    return this.tokens.list(caller, page);
  }

  /**
   * Creates a personal access token for a script. Requests with the token run as your account, within the `scope` of
   * the token, until it expires or is revoked.
   */
  @SessionOnly()
  @Post()
  @Returns(AccessTokenMade, {
    status: 201,
    secret: true,
    headers: { Location: 'Path of the new token. Send `DELETE` to it to revoke the token.' },
    links: { delete: { operation: 'revokeAccessToken', parameters: { token_id: '$response.body#/id' } } },
  })
  async createAccessToken(@CurrentUser() caller: Caller, @Body() body: AccessTokenCreate) {
    const made = await this.tokens.create(caller, body);
    return created(made, `/auth/access-tokens/${made.id}`);
  }

  /** Revokes a personal access token. The token stops working immediately. */
  @SessionOnly()
  @Delete(':token_id')
  @ReturnsNothing({ errors: [accessTokenNotFound] })
  revokeAccessToken(
    @CurrentUser() caller: Caller,
    @Param('token_id', new IdPipe(accessTokenNotFound)) token_id: number,
  ) {
    return this.tokens.revoke(caller, token_id);
  }
}
