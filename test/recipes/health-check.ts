import { Controller, Get, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Public } from '../../src/kernel/access/access.js';

@ApiExcludeController()
@Controller('health/search')
class SearchHealthController {
  private readonly url: string;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    config: ConfigService,
  ) {
    this.url = config.getOrThrow('SEARCH_URL');
  }

  @Public()
  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.search()]);
  }

  private async search() {
    const indicator = this.indicators.check('search');
    const signal = AbortSignal.timeout(1000);
    const response = await fetch(this.url, { signal }).catch(() => undefined);
    return response?.ok ? indicator.up() : indicator.down('does not answer');
  }
}

@Module({ imports: [TerminusModule, ConfigModule.forRoot()], controllers: [SearchHealthController] })
export class SearchHealthModule {}
