import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import type { Type } from './model-metadata.js';

// Reads class-transformer's @Transform, @Exclude and @Expose.

/** Applies a field's `@Transform` decorators to the value that was sent in `obj`. */
export type Transform = (value: unknown, obj: object) => unknown;

interface Directions {
  toClassOnly?: boolean;
  toPlainOnly?: boolean;
}

/** Whether a model describes requests or responses. */
export type Direction = 'request' | 'response';

/** Whether `@Exclude` or `@Expose` keeps the property out of requests, or out of responses. */
export function isExcluded(model: Type<object>, property: string, direction: Direction): boolean {
  const excluded = storage.findExcludeMetadata(model, property);
  if (excluded) return appliesTo(excluded.options, direction);
  const exposed = storage.findExposeMetadata(model, property);
  if (direction === 'response' && exposed?.options?.groups?.length) return true; // no group is ever active
  if (storage.getStrategy(model) !== 'excludeAll') return false;
  return exposed === undefined || !appliesTo(exposed.options, direction);
}

/** Whether `@Expose` shows the property only to one of these groups. */
export function isInGroup(model: Type<object>, property: string, groups: readonly string[]): boolean {
  return storage.findExposeMetadata(model, property)?.options?.groups?.some((one) => groups.includes(one)) ?? false;
}

function appliesTo({ toClassOnly = false, toPlainOnly = false }: Directions = {}, direction: Direction): boolean {
  return toClassOnly === toPlainOnly || (direction === 'request' ? toClassOnly : toPlainOnly);
}

/**
 * The field's `@Transform` decorators, as class-transformer applies them; undefined without any. If one throws, the
 * value stays as it was, and the field's checks report the error.
 */
export function transformOf(
  model: Type<object>,
  property: string,
  problem: (text: string) => Error,
): Transform | undefined {
  const expose = storage.findExposeMetadata(model, property)?.options;
  if (expose !== undefined && appliesTo(expose, 'request')) {
    if (expose.name !== undefined && expose.name !== property) {
      throw problem(
        `has @Expose({ name: '${expose.name}' }), which is not supported in requests: name the property ${expose.name}`,
      );
    }
    if (expose.groups?.length)
      throw problem('has @Expose with groups, which are not supported in requests: write separate classes');
  }
  const type = TransformationType.PLAIN_TO_CLASS;
  const functions = storage
    .findTransformMetadatas(model, property, type)
    .filter(({ options }) => !options?.groups?.length) // no group is ever active
    .map(({ transformFn }) => transformFn);
  if (functions.length === 0) return undefined;
  if (functions.some((one) => one.constructor.name === 'AsyncFunction')) {
    throw problem('has an asynchronous @Transform, which is not supported: do this in the service');
  }
  return (sent, obj) => {
    let value = sent;
    for (const transform of functions) {
      try {
        value = transform({ value, key: property, obj, type, options: {} });
      } catch {
        return value;
      }
    }
    return value;
  };
}
