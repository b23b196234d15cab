import { Body, Controller, HttpCode, Injectable, Module, Post, UnauthorizedException, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext, RawBodyRequest } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Public } from '../../src/kernel/access/access.js';

/** Stops the start: with an empty secret, anybody could sign. */
function readSettings({ PAYMENTS_WEBHOOK_SECRET }: Record<string, unknown>) {
  if (!PAYMENTS_WEBHOOK_SECRET) throw new Error('PAYMENTS_WEBHOOK_SECRET must not be empty');
  return { PAYMENTS_WEBHOOK_SECRET };
}

@Injectable()
class SignatureGuard implements CanActivate {
  private readonly secret: string;

  constructor(config: ConfigService) {
    this.secret = config.getOrThrow('PAYMENTS_WEBHOOK_SECRET');
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<Request>>();
    const hmac = createHmac('sha256', this.secret).update(request.rawBody ?? '');
    const expected = hmac.digest();
    const sent = Buffer.from(request.get('X-Signature') ?? '', 'hex');
    if (sent.length === expected.length && timingSafeEqual(sent, expected)) return true;
    throw new UnauthorizedException('Signature missing or wrong');
  }
}

@Public()
@UseGuards(SignatureGuard)
@ApiExcludeController()
@Controller('webhooks/payments')
class PaymentsController {
  @Post()
  @HttpCode(202)
  receive(@Body('id') id: string) {
    return { received: id };
  }
}

@Module({ imports: [ConfigModule.forRoot({ validate: readSettings })], controllers: [PaymentsController] })
export class PaymentsModule {}
