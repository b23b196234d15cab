import { Controller, Get, Module, Param, ParseIntPipe } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Seen {
  @ApiProperty()
  it!: string;
}

@Public()
@ApiTags('ghosts')
@Controller('ghosts')
class GhostController {
  @Get('piped')
  @ApiOperation({ summary: 'Knows what it does.' })
  @Returns(Seen)
  piped(@Param('id', new ParseIntPipe({ optional: true })) id: number) {
    return { it: String(id) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Takes what is not in its path.' })
  @Returns(Seen)
  seen(@Param('ghost') ghost: string) {
    return { it: ghost };
  }
}

@Module({ controllers: [GhostController] })
class GhostModule {}

export default defineFeature({ module: GhostModule });
