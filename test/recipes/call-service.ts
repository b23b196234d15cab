import { BadGatewayException, Controller, GatewayTimeoutException, Get, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../src/kernel/access/access.js';
import { currentContext, requestSignal } from '../../src/kernel/context/request-context.js';

const DEADLINE_MS = 2000;

@ApiExcludeController()
@Controller('rates')
class RatesController {
  private readonly url: string;

  constructor(config: ConfigService) {
    this.url = config.getOrThrow('RATES_URL');
  }

  @Public()
  @Get()
  async rates(): Promise<unknown> {
    // ends with the deadline, or when our own caller has gone
    const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), requestSignal(currentContext()!)]);
    try {
      const response = await fetch(this.url, { signal, redirect: 'error' });
      if (response.ok) return await response.json();
    } catch {
      if (signal.aborted) throw new GatewayTimeoutException('The rates service does not answer');
    }
    throw new BadGatewayException('The rates service failed');
  }
}

@Module({ imports: [ConfigModule.forRoot()], controllers: [RatesController] })
export class RatesModule {}
