import { Controller, Get, Module, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('shared')
class SharedController {
  @Get()
  get() {
    return 'shared';
  }

  @Put()
  put() {
    return 'put';
  }
}

@Module({ controllers: [SharedController] })
class CorsModule {}

export default defineFeature({
  module: CorsModule,
  configure: (app) =>
    app.enableCors({
      origin: ['https://one.example', /\.two\.example$/],
      credentials: true,
      exposedHeaders: ['X-Shown'],
      allowedHeaders: ['X-Asked'],
      maxAge: 60,
    }),
});
