import {
  Inject,
  Injectable,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
  type CallHandler,
} from '@nestjs/common';
import {
  BaseWsExceptionFilter,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketServer,
  WsException,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { from, map } from 'rxjs';

export const events: string[] = [];

@Injectable()
export class Cats {
  readonly names = ['Tom', 'Kit'];
}

class CatMessage {
  @IsString()
  name!: string;
}

type Guarded = { open?: boolean };

/** The gateway for all adapters. The feature of each adapter extends it. */
export abstract class CatsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer() readonly server: unknown;

  @Inject(Cats) readonly cats!: Cats;

  afterInit(): void {
    events.push(`init ${this.server === undefined ? 'without' : 'with'} server`);
  }

  handleConnection(): void {
    events.push('connected');
  }

  handleDisconnect(): void {
    events.push('disconnected');
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown, @ConnectedSocket() client: object) {
    return { event: 'echoed', data: { data, hasClient: 'on' in client } };
  }

  @SubscribeMessage('all')
  all() {
    return from(this.cats.names).pipe(map((data) => ({ event: 'cat', data })));
  }

  @SubscribeMessage('later')
  async later(@MessageBody('id', ParseIntPipe) id: number) {
    await Promise.resolve();
    return { event: 'later', data: id + 1 };
  }

  @SubscribeMessage('judged')
  @UsePipes(new ValidationPipe({ transform: true, exceptionFactory: (errors) => new WsException(errors) }))
  judged(@MessageBody() cat: CatMessage) {
    return { event: 'judged', data: `${cat.constructor.name} ${cat.name}` };
  }

  @SubscribeMessage('failing')
  failing() {
    throw new WsException('Not a cat');
  }

  @SubscribeMessage('broken')
  @UseFilters(new BaseWsExceptionFilter())
  broken() {
    throw new Error('secret of the server');
  }

  @SubscribeMessage('guarded')
  @UseGuards({ canActivate: (context) => context.switchToWs().getData<Guarded>().open === true })
  guarded() {
    return { event: 'guarded', data: 'in' };
  }

  @SubscribeMessage('intercepted')
  @UseInterceptors({
    intercept: (_context: object, next: CallHandler<{ event: string; data: string }>) =>
      next.handle().pipe(map(({ event, data }) => ({ event, data: data.toUpperCase() }))),
  })
  intercepted() {
    return { event: 'intercepted', data: 'loud' };
  }
}
