import { Controller, Get, Injectable, Module, UnauthorizedException, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Public } from '../../src/kernel/access/access.js';

/** Stops the start: an empty key would accept requests without a key. */
function readSettings({ PARTNER_API_KEY }: Record<string, unknown>) {
  if (!PARTNER_API_KEY) throw new Error('PARTNER_API_KEY must not be empty');
  return { PARTNER_API_KEY };
}

const digest = (text: string) => createHash('sha256').update(text).digest();

@Injectable()
class ApiKeyGuard implements CanActivate {
  private readonly key: Buffer;

  constructor(config: ConfigService) {
    this.key = digest(config.getOrThrow('PARTNER_API_KEY'));
  }

  canActivate(context: ExecutionContext): boolean {
    const sent = context.switchToHttp().getRequest<Request>().get('X-API-Key') ?? '';
    if (timingSafeEqual(digest(sent), this.key)) return true;
    throw new UnauthorizedException('API key missing or wrong');
  }
}

@Public() // needs no token of Aerie; the guard below decides
@UseGuards(ApiKeyGuard)
@ApiExcludeController()
@Controller('partner')
class PartnerController {
  @Get('prices')
  prices() {
    return [{ sku: 'lamp', price_cents: 495 }];
  }
}

@Module({ imports: [ConfigModule.forRoot({ validate: readSettings })], controllers: [PartnerController] })
export class PartnerModule {}
