import { Controller, Get, Injectable, Module, NotFoundException, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Reflector } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../src/kernel/access/access.js';

const Flag = Reflector.createDecorator<string>();

/** Routes of a flag that is off do not exist. */
@Injectable()
class FlagGuard implements CanActivate {
  private readonly on: Set<string>;

  constructor(
    private readonly reflector: Reflector,
    config: ConfigService,
  ) {
    this.on = new Set(config.get('FLAGS', '').split(','));
  }

  canActivate(context: ExecutionContext): boolean {
    const flag = this.reflector.getAllAndOverride(Flag, [context.getHandler(), context.getClass()]);
    if (flag === undefined || this.on.has(flag)) return true;
    throw new NotFoundException('Not Found');
  }
}

@Public()
@UseGuards(FlagGuard)
@ApiExcludeController()
@Controller('checkout')
class CheckoutController {
  @Flag('one-click')
  @Get('one-click')
  oneClick() {
    return { steps: 1 };
  }
}

@Module({ imports: [ConfigModule.forRoot()], controllers: [CheckoutController] })
export class CheckoutModule {}
