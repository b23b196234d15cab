import { ClassSerializerInterceptor, Controller, Get, Module } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Expose } from 'class-transformer';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Wage {
  @ApiProperty({ required: false })
  @Expose({ groups: ['admin'] })
  cents?: number = 7;
}

@Public()
@ApiTags('refused')
@Controller('refused-global')
class WagesController {
  @Get()
  @ApiOperation({ summary: 'Shows a group by a global serializer.' })
  @Returns(Wage)
  wage() {
    return new Wage();
  }
}

@Module({ controllers: [WagesController] })
class WagesModule {}

export default defineFeature({
  module: WagesModule,
  configure: (app) =>
    app.useGlobalInterceptors(new ClassSerializerInterceptor(app.get(Reflector), { groups: ['admin'] })),
});
