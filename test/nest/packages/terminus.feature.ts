import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  MemoryHealthIndicator,
  TerminusModule,
} from '@nestjs/terminus';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Injectable()
class DogHealthIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  check(awake: boolean) {
    const indicator = this.indicators.check('dog');
    return awake ? indicator.up({ barks: true }) : indicator.down('asleep');
  }
}

@Public()
@ApiExcludeController()
@Controller('terminus')
class TerminusController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly memory: MemoryHealthIndicator,
    private readonly dog: DogHealthIndicator,
  ) {}

  @Get('up')
  @HealthCheck()
  up() {
    return this.health.check([() => this.memory.checkHeap('memory', 2 ** 40), () => this.dog.check(true)]);
  }

  @Get('down')
  @HealthCheck()
  down() {
    return this.health.check([() => this.dog.check(false)]);
  }
}

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [TerminusController],
  providers: [DogHealthIndicator],
})
class TerminusFeatureModule {}

export default defineFeature({ module: TerminusFeatureModule });
