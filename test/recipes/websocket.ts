import { Module, type INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import type { Server } from 'ws';
import { Public } from '../../src/kernel/access/access.js';

@Public() // messages carry no token
@WebSocketGateway({ path: '/chat' })
class ChatGateway {
  @WebSocketServer() private readonly server!: Server;

  @SubscribeMessage('say')
  say(@MessageBody() text: unknown): void {
    const message = JSON.stringify({ event: 'said', data: String(text).slice(0, 500) });
    for (const client of this.server.clients) client.send(message);
  }
}

@Module({ providers: [ChatGateway] })
export class ChatModule {}

/** Call it in `assembleApp()` of src/app.ts, once there is `app`. */
export function configure(app: INestApplication): void {
  app.useWebSocketAdapter(new WsAdapter(app));
}
