import { Module } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { defineFeature } from '../feature.js';
import { Cats, events, makeGateway } from './gateway.js';

@Module({ providers: [Cats, makeGateway({ namespace: 'cats', cors: { origin: '*' } })] })
class SocketIoModule {}

export default defineFeature({
  module: SocketIoModule,
  configure: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
  probe: events,
});
