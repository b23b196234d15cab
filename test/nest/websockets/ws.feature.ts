import { Controller, Get, Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { Cats, events, makeGateway } from './gateway.js';

@Public()
@ApiExcludeController()
@Controller('beside')
class BesideController {
  @Get()
  beside() {
    return 'beside the gateway';
  }
}

@Module({ controllers: [BesideController], providers: [Cats, makeGateway({ path: '/socket' })] })
class WsModule {}

export default defineFeature({
  module: WsModule,
  configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  probe: events,
});
