import { CACHE_MANAGER, CacheInterceptor } from '@nestjs/cache-manager';
import { Controller, Get, Module, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Page } from '../../../src/kernel/database/page.js';
import { ResponseWithHeaders } from '../../../src/kernel/http/response-with-headers.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Event {
  @ApiProperty()
  call!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended!: Date | null;
}

let calls = 0;
const event = (): Event => ({ call: ++calls, at: new Date(Date.UTC(2026, 0, 31)), ended: null });
const XCache = { 'X-Cache': { description: 'HIT or MISS', required: true, schema: { type: 'string' as const } } };
const isCached = ApiOkResponse({ description: 'Perhaps of before', headers: XCache });

/** A store outside of the process, such as Redis, which keeps values as JSON. */
const store = {
  values: new Map<string, string>(),
  get: (key: string) => Promise.resolve(JSON.parse(store.values.get(key) ?? 'null') as unknown),
  set: (key: string, value: unknown) => Promise.resolve(store.values.set(key, JSON.stringify(value))),
};

@Public()
@ApiTags('cached-json')
@Controller('cached-json')
@UseInterceptors(CacheInterceptor)
class CachedJsonController {
  @Get('one')
  @isCached
  @ApiOperation({ summary: 'Shows an event.' })
  @Returns(Event)
  one() {
    return event();
  }

  @Get('page')
  @isCached
  @ApiOperation({ summary: 'Lists events.' })
  @Returns([Event], { headers: { Link: 'Other pages.' } })
  page() {
    return new Page([event()], { skip: 0, limit: 1, next: 'abc' });
  }

  @Get('headed')
  @isCached
  @ApiOperation({ summary: 'Shows an event with a header.' })
  @Returns(Event, { headers: { 'X-Own': 'A header of the handler.' } })
  headed() {
    return new ResponseWithHeaders(event(), { 'X-Own': 'yes' });
  }
}

@Module({ controllers: [CachedJsonController], providers: [{ provide: CACHE_MANAGER, useValue: store }] })
class CachedJsonModule {}

export default defineFeature({ module: CachedJsonModule });
