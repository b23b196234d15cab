import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('limits')
class LimitsController {
  @Post()
  @HttpCode(200)
  take(@Body() body: { text: string }) {
    return { length: body.text.length };
  }
}

@Module({ controllers: [LimitsController] })
class LimitsModule {}

export default defineFeature({ module: LimitsModule });
