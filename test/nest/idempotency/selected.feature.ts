import { Controller, Module, Post, VersioningType } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Ran {
  @ApiProperty()
  by!: string;

  @ApiProperty()
  count!: number;
}

let count = 0;
const ran = (by: string): Ran => ({ by, count: ++count });

@Public()
@ApiTags('selected')
@Controller({ path: 'selected', version: '1' })
class FirstVersionController {
  @Post()
  @ApiOperation({ summary: 'Runs the first version.' })
  @Returns(Ran)
  runFirstVersion() {
    return ran('version 1');
  }
}

@Public()
@ApiTags('selected')
@Controller({ path: 'selected', version: '2' })
class SecondVersionController {
  @Post()
  @ApiOperation({ summary: 'Runs the second version.' })
  @Returns(Ran)
  runSecondVersion() {
    return ran('version 2');
  }
}

@Public()
@ApiTags('selected')
@Controller({ path: 'selected-host', host: 'one.localhost' })
class FirstHostController {
  @Post()
  @ApiOperation({ summary: 'Runs on the first host.' })
  @Returns(Ran)
  runOnFirstHost() {
    return ran('host one.localhost');
  }
}

@Public()
@ApiTags('selected')
@Controller({ path: 'selected-host', host: 'two.localhost' })
class SecondHostController {
  @Post()
  @ApiOperation({ summary: 'Runs on the second host.' })
  @Returns(Ran)
  runOnSecondHost() {
    return ran('host two.localhost');
  }
}

@Module({
  controllers: [FirstVersionController, SecondVersionController, FirstHostController, SecondHostController],
})
class SelectedModule {}

export default defineFeature({
  module: SelectedModule,
  configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
});
