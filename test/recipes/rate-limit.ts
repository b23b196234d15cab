import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { seconds, Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import type { Request } from 'express';
import { SignedIn, type Caller } from '../../src/kernel/access/access.js';

/** Counts by account, not by address: many people share one. */
@Injectable()
class AccountThrottlerGuard extends ThrottlerGuard {
  protected override async getTracker({ user }: Request & { user: Caller }): Promise<string> {
    return String(user.id);
  }
}

@SignedIn()
@UseGuards(AccountThrottlerGuard)
@ApiExcludeController()
@Controller('quotes')
class QuotesController {
  @Throttle({ default: { limit: 2, ttl: seconds(60) } })
  @Get()
  quote() {
    return { price_cents: 495 };
  }
}

@Module({ imports: [ThrottlerModule.forRoot([{ limit: 100, ttl: seconds(60) }])], controllers: [QuotesController] })
export class QuotesModule {}
