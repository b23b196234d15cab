import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DECORATORS } from '@nestjs/swagger';
import { handlersOf, type Controller } from '../http/contract-reader.js';

/** The names of the models that `@ApiExtraModels` of controllers and handlers adds to the document. */
export function extraModels(app: INestApplication): string[] {
  const names = new Set<string>();
  const read = (target: object) => {
    const models = Reflect.getMetadata(DECORATORS.API_EXTRA_MODELS, target) as { name: string }[] | undefined;
    for (const { name } of models ?? []) names.add(name);
  };
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      read(metatype!);
      for (const [, handler] of handlersOf(metatype as unknown as Controller)) read(handler);
    }
  }
  return [...names];
}
