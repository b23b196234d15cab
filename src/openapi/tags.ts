import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Controller } from '../kernel/http/handlers.js';
import type { Operation } from './operation.js';

interface TagObject {
  readonly name: string;
  readonly description: string;
}

const TAG = 'aerie:tag';

/**
 * Puts a controller's operations under a tag and describes the tag. Used once per tag; other controllers use
 * `@ApiTags`.
 */
export function Tag(name: string, description: string): ClassDecorator {
  return applyDecorators(ApiTags(name), SetMetadata(TAG, { name, description } satisfies TagObject));
}

/** Returns the tags that operations have, sorted by name. */
export function tagsOf(controllers: readonly Controller[], operations: readonly Operation[]): TagObject[] {
  const described = new Map<string, string>();
  for (const controller of controllers) {
    const tag = Reflect.getMetadata(TAG, controller) as TagObject | undefined;
    if (tag) described.set(tag.name, tag.description);
  }
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  const names = [...used].toSorted((a, b) => a.localeCompare(b));
  return names.map((name) => ({ name, description: described.get(name) ?? `Operations on ${name}.` }));
}
