import {
  ClassSerializerInterceptor,
  Controller,
  createParamDecorator,
  Get,
  Injectable,
  Module,
  Post,
  RawBody,
  Scope,
  SerializeOptions,
  StandardSchemaValidationPipe,
  UseInterceptors,
  UsePipes,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Expose } from 'class-transformer';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { schemaOf } from '../pipes/schema-of.js';

class Salary {
  @ApiProperty()
  name: string = 'Ada';

  @ApiProperty({ required: false })
  @Expose({ groups: ['admin'] })
  cents?: number = 7;
}

@Injectable()
class AdminSerializer extends ClassSerializerInterceptor {
  constructor(reflector: Reflector) {
    super(reflector, { groups: ['admin'] });
  }
}

class InheritedPipe extends StandardSchemaValidationPipe {}

/** Nest creates it for each request. */
@Injectable({ scope: Scope.REQUEST })
class ScopedSerializer extends ClassSerializerInterceptor {}

const forAdmins = new ClassSerializerInterceptor(new Reflector(), { groups: ['admin'] });

const Device = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get('X-Device'),
);
const schema = schemaOf(() => ({ issues: [{ message: 'is never right', path: [] }] }));

@Public()
@ApiTags('refused')
@Controller('refused-enhancers')
@UsePipes(new StandardSchemaValidationPipe())
class EnhancersController {
  @Get('instance')
  @ApiOperation({ summary: 'Shows a group by the options of its serializer.' })
  @UseInterceptors(forAdmins)
  @Returns(Salary)
  instance() {
    return new Salary();
  }

  @Get('strategy')
  @ApiOperation({ summary: 'Also has @SerializeOptions without groups, which keeps those of the serializer.' })
  @UseInterceptors(forAdmins)
  @SerializeOptions({ strategy: 'exposeAll' })
  @Returns(Salary)
  strategy() {
    return new Salary();
  }

  @Get('provided')
  @ApiOperation({ summary: 'Has a serializer that Nest creates.' })
  @UseInterceptors(AdminSerializer)
  @Returns(Salary)
  provided() {
    return new Salary();
  }

  @Get('ungrouped')
  @ApiOperation({ summary: 'Replaces the groups of the serializer.' })
  @UseInterceptors(forAdmins)
  @SerializeOptions({ groups: [] })
  @Returns(Salary)
  ungrouped() {
    return new Salary();
  }

  @Get('scoped')
  @ApiOperation({ summary: 'Has a serializer that is created for each request.' })
  @UseInterceptors(ScopedSerializer)
  @Returns(Salary)
  scoped() {
    return new Salary();
  }

  @Post('device')
  @ApiOperation({ summary: 'Has a schema at a custom decorator.' })
  @Returns(Salary)
  device(@Device({ schema }) device: string) {
    return { name: device };
  }

  @Get('inherited')
  @UsePipes(new InheritedPipe())
  @ApiOperation({ summary: 'Takes a custom parameter with a schema, and has a pipe of a subclass.' })
  @Returns(Salary)
  inherited(@Device({ schema }) device: string) {
    return { name: device };
  }

  @Post('bytes')
  @ApiOperation({ summary: 'Has a schema at the bytes of the body.' })
  @UsePipes(StandardSchemaValidationPipe)
  @Returns(Salary)
  bytes(@RawBody({ schema }) bytes: Buffer) {
    return { name: String(bytes) };
  }
}

@Module({ controllers: [EnhancersController] })
class EnhancersModule {}

export default defineFeature({ module: EnhancersModule });
