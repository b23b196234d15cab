import type { DynamicModule, Type } from '@nestjs/common';

export function movedAway(
  application: Type | DynamicModule,
  features: readonly (Type | DynamicModule)[],
): { path: string; module: Type }[];
