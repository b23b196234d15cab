import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

/** Returns a class named TwinDto, as if two files declared classes with the same name. */
function twin(property: string): new () => object {
  class TwinDto {}
  ApiProperty({ type: String, example: 'x', description: 'Any text' })(TwinDto.prototype, property);
  return TwinDto;
}

@Public()
@ApiTags('twins')
@Controller('twins')
class TwinsController {
  @Get('one')
  @ApiOperation({ summary: 'Shows one' })
  @Returns(twin('shown'))
  showOneTwin() {
    return { shown: 'x', private_note: 'y' };
  }

  @Get('other')
  @ApiOperation({ summary: 'Shows the other' })
  @Returns(twin('private_note'))
  showOtherTwin() {
    return { shown: 'x', private_note: 'y' };
  }
}

@Module({ controllers: [TwinsController] })
class TwinsModule {}

export default defineFeature({ module: TwinsModule });
