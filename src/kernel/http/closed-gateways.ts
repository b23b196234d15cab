import type { ModulesContainer } from '@nestjs/core';
import { accessRule } from '../access/access.js';
import { inFileOf } from './declaration-error.js';
import { methodsOf, type Controller } from './handlers.js';

/** What @WebSocketGateway and @SubscribeMessage leave on a class and its methods; the package itself is not loaded. */
const GATEWAY = 'websockets:is_gateway';
const MESSAGE = 'websockets:message_mapping';

/** A sentence for each WebSocket gateway that refuses messages for good: they carry no bearer token. */
export function closedGateways(modules: ModulesContainer): string[] {
  const gateways = new Set<Controller>();
  for (const { providers } of modules.values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype)) gateways.add(metatype);
    }
  }
  return [...gateways].filter(refusesSome).map((gateway) => {
    const remedy = 'say @Public() on the gateway or on its handlers, if anybody may send';
    return `${gateway.name} refuses messages, which carry no bearer token: ${remedy}${inFileOf(gateway.name)}`;
  });
}

function refusesSome(gateway: Controller): boolean {
  return methodsOf(gateway).some(
    ([, method]) => Reflect.hasMetadata(MESSAGE, method) && !accessRule(method, gateway).public,
  );
}
