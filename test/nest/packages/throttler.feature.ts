import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle, Throttle, ThrottlerGuard, ThrottlerModule, seconds } from '@nestjs/throttler';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('throttled')
class ThrottledController {
  @Get()
  usual() {
    return 'usual';
  }

  @Get('strict')
  @Throttle({ default: { limit: 1, ttl: seconds(60) } })
  strict() {
    return 'strict';
  }

  @Get('free')
  @SkipThrottle()
  free() {
    return 'free';
  }
}

@Module({
  imports: [ThrottlerModule.forRoot([{ ttl: seconds(60), limit: 3 }])],
  controllers: [ThrottledController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class ThrottlerFeatureModule {}

export default defineFeature({ module: ThrottlerFeatureModule });
