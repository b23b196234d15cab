import {
  Body,
  Controller,
  createParamDecorator,
  Get,
  Module,
  Param,
  Post,
  Query,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  StandardSchemaValidationPipe,
  UseInterceptors,
  UsePipes,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { schemaOf } from './schema-of.js';

class CatDto {
  @ApiProperty({ example: 'Tom', description: 'Its name' })
  @IsString()
  @MaxLength(9)
  name!: string;

  @ApiProperty({ example: 9, description: 'Its lives' })
  @IsInt()
  @Min(0)
  @Max(9)
  lives!: number;
}

class Told {
  @ApiProperty({ example: 'Tom', description: 'What is told' })
  told!: string;
}

/** Accepts even numbers of lives only. */
const evenCat = schemaOf<CatDto>(({ name, lives }) =>
  Number(lives) % 2 === 0
    ? { value: { name: `${String(name)} the even`, lives: Number(lives) } }
    : { issues: [{ message: 'must be even', path: ['lives'] }] },
);
const digits = {
  '~standard': {
    version: 1 as const,
    vendor: 'by-hand',
    validate: (text: unknown) =>
      typeof text === 'string' && /^\d+$/.test(text)
        ? { value: Number(text) + 1 }
        : { issues: [{ message: `must be digits, not a ${typeof text}` }] },
  },
};
const loud = schemaOf<Told>(({ told }) => ({ value: { told: String(told).toUpperCase() } }));

/** A decorator as in Nest's documentation. */
const Device = createParamDecorator((name: string, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get(name),
);

@Public()
@ApiTags('schemas')
@Controller('schemas-documented')
@UsePipes(new StandardSchemaValidationPipe())
class SchemasController {
  @Post('cats')
  @ApiOperation({ summary: 'Takes a body with a schema.' })
  @Returns(Told)
  create(@Body({ schema: evenCat }) cat: CatDto) {
    return { told: `${cat.name} ${cat.lives}` };
  }

  @Post('classes')
  @ApiOperation({ summary: 'Takes a body without a schema.' })
  @Returns(Told)
  classes(@Body() cat: CatDto) {
    return { told: `${cat.name} ${cat.lives}` };
  }

  @Post('plain-classes')
  @ApiExcludeEndpoint()
  plainClasses(@Body() cat: CatDto) {
    return { told: `${cat.name} ${cat.lives}` };
  }

  @Post('pairs')
  @ApiExcludeEndpoint()
  pair(@Body({ schema: evenCat }) one: CatDto, @Query() two: CatDto) {
    return { told: `${one.name} and ${two.name}` };
  }

  @Get('values/:id')
  @ApiOperation({ summary: 'Takes values with schemas.' })
  @Returns(Told)
  values(@Param('id', { schema: digits }) id: number, @Query('n', { schema: digits }) n: number) {
    return { told: `${id} ${n}` };
  }

  @Get('device')
  @UsePipes(new StandardSchemaValidationPipe({ validateCustomDecorators: true }))
  @ApiOperation({ summary: 'Takes a custom parameter with a schema.' })
  @Returns(Told)
  device(@Device('X-Device', { schema: digits }) device: number) {
    return { told: `${device}` };
  }

  @Get('serialized')
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: loud })
  @ApiOperation({ summary: 'Is serialized with a schema.' })
  @Returns(Told)
  serialized() {
    return { told: 'quiet' };
  }

  @Get('listed')
  @UseInterceptors(StandardSchemaSerializerInterceptor)
  @SerializeOptions({ schema: loud })
  @ApiOperation({ summary: 'Is a list that is serialized with a schema.' })
  @Returns([Told])
  listed() {
    return [{ told: 'quiet' }, { told: 'silent' }];
  }
}

@Module({ controllers: [SchemasController] })
class SchemasModule {}

export default defineFeature({ module: SchemasModule });
