import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, SignedIn, type Caller } from '../kernel/access/access.js';
import { Query } from '../kernel/http/inputs.js';
import { Returns } from '../kernel/http/returns.js';
import { EmailQuery, Message } from './users.dto.js';
import { foreignAddress } from './users.errors.js';
import { UsersService } from './users.service.js';

@ApiTags('mail')
@Controller('email')
export class EmailController {
  constructor(private readonly users: UsersService) {}

  /** Queues the welcome mail. To your own address, or to any for an admin; the answer does not wait for the mail. */
  @SignedIn()
  @Post()
  @Returns(Message, { errors: [foreignAddress] })
  async sendEmail(@CurrentUser() caller: Caller, @Query() { email }: EmailQuery) {
    await this.users.sendWelcome(caller, email);
    return { message: 'Email queued' };
  }
}
