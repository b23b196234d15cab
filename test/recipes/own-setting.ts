import { Controller, Get, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import { isEmail } from 'class-validator';
import { Public } from '../../src/kernel/access/access.js';

/** Stops the start if the variable is missing or wrong. */
function readSettings({ SUPPORT_EMAIL }: Record<string, unknown>) {
  if (!isEmail(SUPPORT_EMAIL)) throw new Error('SUPPORT_EMAIL must be an e-mail address');
  return { SUPPORT_EMAIL };
}

@ApiExcludeController()
@Controller('support')
class SupportController {
  private readonly email: string;

  constructor(config: ConfigService) {
    this.email = config.getOrThrow('SUPPORT_EMAIL');
  }

  @Public()
  @Get()
  support() {
    return { email: this.email };
  }
}

@Module({ imports: [ConfigModule.forRoot({ validate: readSettings })], controllers: [SupportController] })
export class SupportModule {}
