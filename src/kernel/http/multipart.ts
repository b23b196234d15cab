import { INTERCEPTORS_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MULTER_MODULE_OPTIONS } from '@nestjs/platform-express/multer/files.constants.js';
import { DECORATORS } from '@nestjs/swagger';
import type { Parameter } from './handlers.js';

/**
 * Whether a handler takes a multipart form: `@ApiConsumes`, `@UploadedFile`, or one of multer's interceptors. Such
 * requests have no idempotency keys, since a retry has another boundary.
 */
export function takesMultipart(controller: object, handler: object, parameters: readonly Parameter[]): boolean {
  const metadataOf = (key: string) =>
    [handler, controller].flatMap((of) => (Reflect.getMetadata(key, of) ?? []) as unknown[]);
  return (
    parameters.some(({ type }) => type === RouteParamtypes.FILE || type === RouteParamtypes.FILES) ||
    metadataOf(DECORATORS.API_CONSUMES).some((media) => /^multipart\//i.test(String(media))) ||
    metadataOf(INTERCEPTORS_METADATA).some(isMulter)
  );
}

/** Whether it is one of multer's interceptors: anonymous classes that inject the options of MulterModule. */
function isMulter(interceptor: unknown): boolean {
  if (typeof interceptor !== 'function') return false;
  const dependencies = (Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, interceptor) ?? []) as { param: unknown }[];
  return dependencies.some(({ param }) => param === MULTER_MODULE_OPTIONS);
}
