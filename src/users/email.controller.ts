import { Controller, Post, Query } from '@nestjs/common';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../kernel/openapi/tags.js';
import { EmailQuery, Notice } from './users.dto.js';
import { foreignAddress } from './users.errors.js';
import { UsersService } from './users.service.js';

@Tag('mail', 'Sending mails.')
@Controller('email')
export class EmailController {
  constructor(private readonly users: UsersService) {}

  /** Queues the welcome mail. To your own address, or to any for an admin; the answer does not wait for the mail. */
  @SignedIn()
  @Post()
  @Returns(Notice, { errors: [foreignAddress] })
  async sendEmail(@CurrentUser() caller: Caller, @Query() { email }: EmailQuery) {
    await this.users.sendWelcome(caller, email);
    return { message: 'Email queued' };
  }
}
