import { CACHE_MANAGER, CacheInterceptor, CacheKey, CacheModule, CacheTTL, type Cache } from '@nestjs/cache-manager';
import {
  Controller,
  Get,
  Inject,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

let calls = 0;

@Public()
@ApiExcludeController()
@Controller('cached')
@UseInterceptors(CacheInterceptor)
class CachedController {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  @Get('counted')
  counted(@Query('q') q?: string) {
    return { call: ++calls, q: q ?? null };
  }

  @Get('lasting')
  @CacheTTL(600_000)
  lasting() {
    return { call: ++calls };
  }

  @Get('brief')
  @CacheTTL(40)
  brief() {
    return { call: ++calls };
  }

  @Get('keyed/:id')
  @CacheKey('one-for-all')
  keyed(@Param('id') id: string) {
    return { id };
  }

  @Get('failing')
  failing() {
    throw new NotFoundException(`Call ${++calls}`);
  }

  @Post('counted')
  posted() {
    return { call: ++calls };
  }

  @Post('forget')
  async forget() {
    await this.cache.clear();
    return { kept: (await this.cache.get('/cached/counted')) ?? null };
  }
}

@Module({ imports: [CacheModule.register({ ttl: 60_000 })], controllers: [CachedController] })
class CacheFeatureModule {}

export default defineFeature({ module: CacheFeatureModule });
