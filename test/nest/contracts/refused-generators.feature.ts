import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Shape {
  @ApiProperty()
  name!: string;
}

/** The types of `@Returns` refuse generators, too. */
const ReturnsShapes = Returns([Shape]) as MethodDecorator;

@Public()
@ApiTags('refused')
@Controller('refused-generators')
class GeneratorsController {
  @Get('generated')
  @ApiOperation({ summary: 'Is an asynchronous generator.' })
  @ReturnsShapes
  async *generated() {
    yield { name: 'x' };
  }

  @Get('stepwise')
  @ApiOperation({ summary: 'Is a generator.' })
  @ReturnsShapes
  *stepwise() {
    yield { name: 'x' };
  }
}

@Module({ controllers: [GeneratorsController] })
class GeneratorsModule {}

export default defineFeature({ module: GeneratorsModule });
