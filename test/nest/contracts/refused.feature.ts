import {
  Body,
  Controller,
  Get,
  Headers,
  Module,
  Param,
  Post,
  Query,
  Redirect,
  SerializeOptions,
  Sse,
  StandardSchemaValidationPipe,
  UsePipes,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Expose } from 'class-transformer';
import { IsString, MaxLength } from 'class-validator';
import { of } from 'rxjs';
import { OptionalBody } from '../../../src/kernel/http/body.decorators.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { schemaOf } from '../pipes/schema-of.js';

class Shape {
  @ApiProperty()
  name!: string;
}

class Dto {
  @IsString()
  @MaxLength(9)
  name!: string;
}

class Other {
  @IsString()
  @MaxLength(9)
  other!: string;
}

class UnionModel {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  either!: string | number;
}

class AnyModel {
  @ApiProperty()
  anything: unknown;
}

class FloatModel {
  @ApiProperty({ type: 'number', format: 'float' })
  share!: number;
}

class FloatsModel {
  @ApiProperty({ type: 'array', items: { type: 'number', format: 'double' } })
  shares!: number[];
}

class Member {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  @Expose({ groups: ['admin'] })
  salary!: number;
}

class Team {
  @ApiProperty({ type: () => [Member] })
  members!: Member[];
}

class Nesting {
  @ApiProperty({ type: () => [UnionModel] })
  inner!: UnionModel[];
}

const shape = { name: 'x' };
const anySchema = schemaOf((value) => ({ value: value as { name: string } }));

@Public()
@ApiTags('refused')
@Controller('refused')
class RefusedController {
  @Get('id1')
  @ApiOperation({ summary: 'Has the id of another.', operationId: 'sameId' })
  @Returns(Shape)
  id1() {
    return shape;
  }

  @Get('id2')
  @ApiOperation({ summary: 'Has the id of another.', operationId: 'sameId' })
  @Returns(Shape)
  id2() {
    return shape;
  }

  @Post('bodies')
  @Returns(Shape)
  bodies(@Body() one: Dto, @Body() two: Other) {
    return { ...shape, one, two };
  }

  @Post('optional')
  @Returns(Shape)
  optionalBodies(@Body() one: Dto, @OptionalBody() two: Other) {
    return { ...shape, one, two };
  }

  @Get('queries')
  @Returns(Shape)
  queries(@Query() one: Dto, @Query() two: Other) {
    return { ...shape, one, two };
  }

  @Get('twice')
  @Returns(Shape)
  twice(@Query('n') number: number, @Query('n') text: string) {
    return { ...shape, number, text };
  }

  @Get('date')
  @Returns(Shape)
  date(@Query('d') d: Date) {
    return { ...shape, d };
  }

  @Get('nested')
  @Returns(Shape)
  nested(@Query('f') f: { a: string }) {
    return { ...shape, f };
  }

  @Get('flag/:b')
  @Returns(Shape)
  flag(@Param('b') b: boolean) {
    return { ...shape, b };
  }

  @Get('counted')
  @Returns(Shape)
  counted(@Headers('x-n') n: number) {
    return { ...shape, n };
  }

  @Get('headed')
  @Returns(Shape)
  headed(@Headers() headers: Dto) {
    return { ...shape, headers };
  }

  @Post('schema')
  @Returns(Shape)
  schema(@Body({ schema: anySchema }) one: Dto) {
    return { ...shape, one };
  }

  @Post('unnamed')
  @UsePipes(StandardSchemaValidationPipe)
  @Returns(Shape)
  unnamed(@Body({ schema: anySchema }) one: { name: string }) {
    return one;
  }

  @Sse('events')
  @Returns(Shape)
  events() {
    return of({ name: 'x', data: 'x' });
  }

  @Post('created')
  @ApiCreatedResponse({ description: 'Never comes' })
  @Returns(Shape)
  created() {
    return shape;
  }

  @Post('answered')
  @Returns(Shape, { status: 201 })
  @ApiResponse({ status: 202, description: 'Never comes' })
  answered() {
    return shape;
  }

  @Get('redirected')
  @Redirect('/refused/any')
  @Returns(Shape)
  redirected() {
    return shape;
  }

  @Get('grouped')
  @SerializeOptions({ groups: ['admin', 'owner'] })
  @Returns(Team)
  grouped() {
    return { members: [] };
  }

  @Get('union')
  @Returns(UnionModel)
  union() {
    return { name: 'x', either: 1 };
  }

  @Get('any')
  @Returns([AnyModel])
  any() {
    return [{ anything: 1 }];
  }

  @Get('float')
  @Returns(FloatModel)
  float() {
    return { share: 1 };
  }

  @Get('floats')
  @Returns(FloatsModel)
  floats() {
    return { shares: [1] };
  }

  @Get('nesting')
  @Returns(Nesting)
  nesting() {
    return { inner: [] };
  }
}

for (const name of Object.getOwnPropertyNames(RefusedController.prototype)) {
  const of = Object.getOwnPropertyDescriptor(RefusedController.prototype, name)!;
  if (name !== 'id1' && name !== 'id2')
    ApiOperation({ summary: 'Is described.' })(RefusedController.prototype, name, of);
}

@Module({ controllers: [RefusedController] })
class RefusedModule {}

export default defineFeature({ module: RefusedModule });
