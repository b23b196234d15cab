import { Body, Controller, HttpCode, Module, Post, StandardSchemaValidationPipe } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { schemaOf } from './schema-of.js';

class NamedDto {
  @IsString()
  name!: string;
}

const trimmed = schemaOf<NamedDto>(({ name }) =>
  Array.isArray(name)
    ? { value: { name: name.join(' ') } }
    : { issues: [{ message: 'must be a list', path: ['name'] }] },
);

@Public()
@ApiExcludeController()
@Controller('schemas-global')
class SchemasController {
  @Post('schemas')
  @HttpCode(200)
  schema(@Body({ schema: trimmed }) body: NamedDto) {
    return body;
  }

  @Post('classes')
  @HttpCode(200)
  class(@Body() body: NamedDto) {
    return body;
  }
}

@Module({ controllers: [SchemasController] })
class SchemasModule {}

export default defineFeature({
  module: SchemasModule,
  configure: (app) => app.useGlobalPipes(new StandardSchemaValidationPipe()),
});
