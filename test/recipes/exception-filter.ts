import { Catch, Controller, Module, Post, UseFilters, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { SignedIn } from '../../src/kernel/access/access.js';

/** As the package of a payment service throws it. */
class CardDeclinedError extends Error {
  constructor(readonly reason: string) {
    super(`Card declined: ${reason}`);
  }
}

@Catch(CardDeclinedError)
class CardDeclinedFilter implements ExceptionFilter<CardDeclinedError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch({ reason }: CardDeclinedError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    this.host.httpAdapter.reply(response, { detail: 'Your card was declined', reason }, 402);
  }
}

@UseFilters(CardDeclinedFilter)
@ApiExcludeController()
@Controller('payments')
class PaymentsController {
  @SignedIn()
  @Post()
  pay() {
    throw new CardDeclinedError('expired');
  }
}

@Module({ controllers: [PaymentsController] })
export class CardPaymentsModule {}
