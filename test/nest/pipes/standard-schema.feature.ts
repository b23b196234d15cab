import {
  Body,
  Controller,
  Get,
  Module,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { schemaOf } from './schema-of.js';

interface Cat {
  name: string;
  lives: number;
}

const catSchema = schemaOf<Cat>(({ name, lives = 9 }) =>
  typeof name === 'string'
    ? { value: { name: name.trim(), lives: Number(lives) } }
    : { issues: [{ message: 'must be a text', path: ['name'] }] },
);
const nameOnly = schemaOf<{ name: unknown }>(({ name }) => ({ value: { name } }));

@Public()
@ApiExcludeController()
@Controller('schemas')
@UsePipes(new StandardSchemaValidationPipe())
class SchemasController {
  @Post()
  create(@Body({ schema: catSchema }) cat: Cat) {
    return cat;
  }

  @Get()
  find(@Query({ schema: catSchema }) cat: Cat, @Query('q') q: string | undefined) {
    return { cat, q: q ?? null };
  }

  @Get('serialized')
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: nameOnly })
  serialized() {
    return { name: 'Tom', password: 'secret' };
  }
}

@Module({ controllers: [SchemasController] })
class SchemasModule {}

export default defineFeature({ module: SchemasModule });
