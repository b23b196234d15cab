import { Module } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WebSocketGateway } from '@nestjs/websockets';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { Cats, CatsGateway, events } from './gateway.js';

@Public()
@WebSocketGateway({ namespace: 'cats', cors: { origin: '*' } })
class SocketIoCatsGateway extends CatsGateway {}

@Module({ providers: [Cats, SocketIoCatsGateway] })
class SocketIoModule {}

export default defineFeature({
  module: SocketIoModule,
  configure: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
  probe: events,
});
