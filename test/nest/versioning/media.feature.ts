import { VersioningType } from '@nestjs/common';
import { defineFeature } from '../feature.js';
import { VersionsModule } from './versions.js';

export default defineFeature({
  module: VersionsModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' }),
});
