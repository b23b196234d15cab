import 'reflect-metadata';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';

it('gateways and their handlers have the metadata by which they are found', () => {
  @WebSocketGateway()
  class Chat {
    @SubscribeMessage('hello')
    hello(): string {
      return 'hello';
    }
  }
  const handler = Object.getOwnPropertyDescriptor(Chat.prototype, 'hello')!.value as object;
  expect(Reflect.getMetadata('websockets:is_gateway', Chat)).toBe(true);
  expect(Reflect.getMetadata('websockets:message_mapping', handler)).toBe(true);
});
