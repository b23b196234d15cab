import { Controller, Get, Module, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('protected')
class ProtectedController {
  @Get()
  get() {
    return 'read';
  }

  @Post()
  post() {
    return 'written';
  }

  @Post('hook')
  hook() {
    return 'hooked';
  }
}

@Module({ controllers: [ProtectedController] })
class SecurityModule {}

export default defineFeature({
  module: SecurityModule,
  options: { cors: true },
  configure: (app) => {
    app.useSecurityHeaders({ xFrameOptions: { action: 'deny' }, referrerPolicy: { policy: 'origin' } });
    app.enableCsrfProtection({ trustedOrigins: ['https://trusted.example'], exclude: ['protected/hook'] });
  },
});
