// What features use of Aerie's kernel: the one place that knows where it is.
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { Public as PublicHandler, SignedIn } from '../../src/kernel/http/access.js';

export { SignedIn };
export { namedError } from '../../src/kernel/errors/app-error.js';
export { Returns } from '../../src/kernel/http/returns.js';

/** Opens a handler, or each handler of a controller. */
export const Public = (): ClassDecorator & MethodDecorator => open;

function open(target: object, key?: string | symbol, descriptor?: PropertyDescriptor) {
  if (key !== undefined) return void PublicHandler()(target, key, descriptor!);
  const { prototype } = target as { prototype: object };
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const { value } = member as { value?: unknown };
    const isRoute = typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value);
    if (isRoute) PublicHandler()(prototype, name, member);
  }
  return undefined;
}
