import { RequestMethod, type INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { accessRule, type AccessRule } from '../access/access.js';
import { contractOf, type Contract } from '../http/contract.js';

/** A route as its decorators declare it. The handler's name is the operation's id. */
export interface Route {
  readonly operationId: string;
  readonly contract: Contract;
  readonly access: AccessRule;
  /** Whether it only reads. */
  readonly safe: boolean;
}

/** Every route of the application by operation id. Throws for two with one name, and for a route without @Returns. */
export function routesOf(app: INestApplication): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      for (const [operationId, handler] of handlersOf(metatype as { prototype: object })) {
        const contract = contractOf(handler);
        if (!contract?.returns) throw new Error(`${metatype?.name}.${operationId} declares no response: add @Returns`);
        if (routes.has(operationId)) throw new Error(`Two handlers are named ${operationId}: operation ids are unique`);
        const safe = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
        routes.set(operationId, { operationId, contract, access: accessRule(handler), safe });
      }
    }
  }
  return routes;
}

function handlersOf({ prototype }: { prototype: object }): [string, object][] {
  const methods = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return methods
    .map((name): [string, object] => [name, Reflect.get(prototype, name) as object])
    .filter(([, method]) => typeof method === 'function' && Reflect.hasMetadata(METHOD_METADATA, method));
}
