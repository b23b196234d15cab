import { Controller, Post, Query } from '@nestjs/common';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { EmailQuery, Notice } from './email.dto.js';
import { foreignAddress } from './users.errors.js';
import { UsersService } from './users.service.js';

@Tag('mail', 'Mails that are sent on request.')
@Controller('email')
export class EmailController {
  constructor(private readonly users: UsersService) {}

  /**
   * Queues a welcome mail. Users can send it to their own address, admins to any address. A background job sends the
   * mail.
   */
  @SignedIn()
  @Post()
  @Returns(Notice, { errors: [foreignAddress] })
  async sendEmail(@CurrentUser() caller: Caller, @Query() { email }: EmailQuery) {
    await this.users.sendWelcome(caller, email);
    return { message: 'Email queued' };
  }
}
