import { Controller, Get, Module, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiQuery, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Alias {
  @ApiProperty()
  at!: string;
}

@Public()
@ApiTags('aliases')
@Controller(['aliases', 'others'])
class AliasesController {
  @Get(['a/:x', 'b/:x'])
  @ApiOperation({ summary: 'Has four paths.' })
  @Returns(Alias)
  alias(@Param('x') x: string) {
    return { at: x };
  }

  @Get('c')
  @ApiOperation({ summary: 'Has the name that an alias would get.' })
  @Returns(Alias)
  alias2() {
    return { at: 'c' };
  }

  @Get('n')
  @ApiOperation({ summary: 'Has a name of its own.', operationId: 'namedAlias' })
  @Returns(Alias)
  named() {
    return { at: 'n' };
  }

  @Get('optional')
  @ApiOperation({ summary: 'Takes what may be absent.' })
  @ApiQuery({ name: 'q', required: false })
  @ApiQuery({ name: 'n', required: false })
  @Returns(Alias)
  optional(@Query('must') must: string, @Query('q') q?: string, @Query('n') n: number = 5) {
    return { at: `${must} ${q} ${n}` };
  }
}

abstract class Inherited {
  @Get('shown')
  @ApiOperation({ summary: 'Is in two controllers.' })
  @Returns(Alias)
  shown() {
    return { at: this.constructor.name };
  }
}

@Public()
@ApiTags('aliases')
@Controller('first')
class FirstController extends Inherited {}

@Public()
@ApiTags('aliases')
@Controller('second')
class SecondController extends Inherited {}

@Module({ controllers: [AliasesController, FirstController, SecondController] })
class AliasesModule {}

export default defineFeature({ module: AliasesModule });
