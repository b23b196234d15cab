import { Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@WebSocketGateway({ path: '/closed' })
class ClosedGateway {
  @SubscribeMessage('one')
  one() {
    return { event: 'one', data: 'in' };
  }

  @SubscribeMessage('two')
  two() {
    return { event: 'two', data: 'in' };
  }

  @Public()
  @SubscribeMessage('open')
  open() {
    return { event: 'open', data: 'in' };
  }
}

@Module({ providers: [ClosedGateway] })
class ClosedModule {}

export default defineFeature({ module: ClosedModule, configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)) });
