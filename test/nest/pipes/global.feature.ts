import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Query,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Injectable()
class Marks {
  readonly provided = 'provided';
}

/** Registered as APP_PIPE, so it can inject providers of its module. */
@Injectable()
class ProvidedPipe implements PipeTransform {
  constructor(private readonly marks: Marks) {}

  transform(value: unknown, { data }: ArgumentMetadata): unknown {
    return data === 'marked' ? `${String(value)}>${this.marks.provided}` : value;
  }
}

class UsedPipe implements PipeTransform {
  transform(value: unknown, { data }: ArgumentMetadata): unknown {
    return data === 'marked' ? `${String(value)}>used` : value;
  }
}

@Public()
@ApiExcludeController()
@Controller('global-pipes')
class GlobalPipesController {
  @Get(':marked')
  text(@Param('marked') text: string, @Query('other') other: string) {
    return { text, other };
  }
}

@Module({
  controllers: [GlobalPipesController],
  providers: [Marks, { provide: APP_PIPE, useClass: ProvidedPipe }],
})
class GlobalPipesModule {}

export default defineFeature({
  module: GlobalPipesModule,
  configure: (app) => app.useGlobalPipes(new UsedPipe()),
});
