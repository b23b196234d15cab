import { VersioningType } from '@nestjs/common';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { VersionsModule } from './versions.js';

/** The versions that a client takes, the best first. */
function extractor(request: unknown): string | string[] {
  const wanted = (request as Request).get('x-takes');
  return wanted?.split(',') ?? '';
}

export default defineFeature({
  module: VersionsModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.CUSTOM, extractor, defaultVersion: '1' }),
});
