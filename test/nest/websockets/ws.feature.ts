import { Controller, Get, Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { ApiExcludeController } from '@nestjs/swagger';
import { WebSocketGateway } from '@nestjs/websockets';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { Cats, CatsGateway, events } from './gateway.js';

@Public()
@ApiExcludeController()
@Controller('beside')
class BesideController {
  @Get()
  beside() {
    return 'beside the gateway';
  }
}

@Public()
@WebSocketGateway({ path: '/socket' })
class WsCatsGateway extends CatsGateway {}

@Module({ controllers: [BesideController], providers: [Cats, WsCatsGateway] })
class WsModule {}

export default defineFeature({
  module: WsModule,
  configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  probe: events,
});
