import type { ModulesContainer } from '@nestjs/core';
import { accessRule } from '../access/access.js';
import { inFileOf } from './declaration-error.js';
import { methodsOf, type Controller } from './handlers.js';

// Warns at start about WebSocket gateways that refuse all messages.

/** The metadata keys of @WebSocketGateway and @SubscribeMessage. The package itself is not loaded. */
const GATEWAY = 'websockets:is_gateway';
const MESSAGE = 'websockets:message_mapping';

/** Returns a warning for each WebSocket gateway with handlers that are not @Public: messages have no bearer token. */
export function closedGateways(modules: ModulesContainer): string[] {
  const gateways = new Set<Controller>();
  for (const { providers } of modules.values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype)) gateways.add(metatype);
    }
  }
  return [...gateways].filter(refusesSome).map((gateway) => {
    const remedy = 'add @Public() to the gateway or its handlers if anyone may send messages';
    return `${gateway.name} rejects messages, because they carry no bearer token: ${remedy}${inFileOf(gateway.name)}`;
  });
}

function refusesSome(gateway: Controller): boolean {
  return methodsOf(gateway).some(
    ([, method]) => Reflect.hasMetadata(MESSAGE, method) && !accessRule(gateway, method).public,
  );
}
