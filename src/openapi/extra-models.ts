import { DECORATORS } from '@nestjs/swagger';
import { handlersOf, type Controller } from '../kernel/http/handlers.js';

/** Returns the names of the models that `@ApiExtraModels` of controllers and handlers adds to the document. */
export function extraModels(controllers: readonly Controller[]): string[] {
  const names = new Set<string>();
  const read = (target: object) => {
    const models = Reflect.getMetadata(DECORATORS.API_EXTRA_MODELS, target) as { name: string }[] | undefined;
    for (const { name } of models ?? []) names.add(name);
  };
  for (const controller of controllers) {
    read(controller);
    for (const [, handler] of handlersOf(controller)) read(handler);
  }
  return [...names];
}
