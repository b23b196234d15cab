import { VersioningType } from '@nestjs/common';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { VersionsModule } from './versions.js';

/** Returns the versions that the client accepts, the preferred one first. */
function extractor(request: unknown): string | string[] {
  const wanted = (request as Request).get('x-takes');
  return wanted?.split(',') ?? '';
}

export default defineFeature({
  module: VersionsModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.CUSTOM, extractor, defaultVersion: '1' }),
});
