import * as nest from '@nestjs/common';
import { Controller, Get, HttpException, HttpStatus, Module, Param, Query } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns, namedError } from '../kernel.js';

type Constructor = new (message?: string | object, options?: string | object) => HttpException;

const catMissing = namedError(404, (name: string) => `No cat is named ${name}`, 'Tom');
const catTaken = namedError(409, () => 'Taken');
const catAsleep = namedError(503, () => 'The cat is asleep');

/** Exceptions with each kind of body that an HttpException accepts. */
const BODIES: Readonly<Record<string, HttpException>> = {
  object: new HttpException({ status: HttpStatus.FORBIDDEN, error: 'A body of its own' }, HttpStatus.FORBIDDEN),
  coded: new nest.ConflictException({ message: 'Taken', code: 'cat.taken' }),
  errors: new nest.BadRequestException({ errors: [{ field: 'name' }] }),
  list: new nest.BadRequestException([{ field: 'name' }]),
  down: new nest.ServiceUnavailableException({ status: 'error', details: { dog: { status: 'down' } } }),
  internal: new nest.InternalServerErrorException({ reference: 'A7' }),
  standard: new nest.BadRequestException('In its own words', 'Described'),
  code: new nest.ConflictException('Taken', { errorCode: 'CAT_TAKEN' }),
  codeOfText: new HttpException('Taken', HttpStatus.CONFLICT, { errorCode: 'CAT_TAKEN' }),
  codeOfList: new nest.ConflictException(['Taken', 'Twice'], { errorCode: 'CAT_TAKEN' }),
  codeBesideBody: new nest.ConflictException({ reason: 'taken' }, { errorCode: 'CAT_TAKEN' }),
  circle: new HttpException({ size: 1n, secret: 'secret of the server' }, HttpStatus.BAD_REQUEST),
};

class LimitExceededException extends HttpException {
  constructor(limit: number) {
    super(`At most ${limit} cats`, HttpStatus.TOO_MANY_REQUESTS);
  }
}

class CatAbsentException extends nest.NotFoundException {
  constructor(readonly cat: string) {
    super(`The cat ${cat} is absent`);
  }
}

@Public()
@ApiExcludeController()
@Controller('exceptions')
class ExceptionsController {
  @Get('built-in/:name')
  builtIn(@Param('name') name: string, @Query('message') message?: string, @Query('description') description?: string) {
    const Exception = Reflect.get(nest, name) as Constructor;
    if (description !== undefined) throw new Exception(message, { description, cause: new Error('the cause') });
    throw new Exception(message);
  }

  @Get('texts/:status')
  text(@Param('status', nest.ParseIntPipe) status: number) {
    throw new HttpException('In its own words', status, { cause: new Error('the cause') });
  }

  @Get('bodies/:name')
  body(@Param('name') name: string) {
    throw BODIES[name]!;
  }

  @Get('messages')
  messages() {
    throw new nest.BadRequestException(['name is too short', 'age is too low']);
  }

  @Get('custom')
  custom() {
    throw new LimitExceededException(3);
  }

  @Get('extended')
  extended() {
    throw new CatAbsentException('Tom');
  }

  @Get('rejected')
  rejected() {
    return Promise.reject(new nest.GoneException('Rejected'));
  }

  @Get('named')
  named() {
    throw catMissing('Tom');
  }

  @Get('asleep')
  asleep() {
    throw catAsleep();
  }

  @Get('unknown/:kind')
  unknown(@Param('kind') kind: string) {
    if (kind === 'error') throw new Error('secret of the server');
    if (kind === 'syntax') throw new SyntaxError('secret of the server');
    return Promise.reject(kind === 'text' ? 'secret of the server' : undefined);
  }

  @Get('like-http')
  likeHttp() {
    throw Object.assign(new Error('By its status'), { status: 413, statusCode: 413, expose: true });
  }
}

/** Documents an error response whose `detail` is not a string. */
const told = (status: number) => {
  return ApiResponse({
    status,
    description: 'Refused, with a body of its own',
    content: {
      'application/json': {
        schema: { type: 'object', required: ['detail'], properties: { detail: {}, errorCode: { type: 'string' } } },
      },
      'application/problem+json': { schema: { type: 'object', additionalProperties: true } },
    },
  });
};

class Refused {
  @ApiProperty({ example: 'Tom' })
  name!: string;
}

@Public()
@ApiTags('exceptions')
@Controller('documented-exceptions')
class DocumentedExceptionsController {
  @Get('bodies/:name')
  @ApiOperation({ summary: 'Throws a body' })
  @told(400)
  @told(403)
  @told(409)
  @told(503)
  @Returns(Refused)
  throwBody(@Param('name') name: string): Refused {
    throw BODIES[name]!;
  }

  @Get('code')
  @ApiOperation({ summary: 'Throws an error with a code' })
  @Returns(Refused, { errors: [catTaken] })
  throwCode(): Refused {
    throw BODIES['code']!;
  }
}

@Module({ controllers: [DocumentedExceptionsController, ExceptionsController] })
class ExceptionsModule {}

export default defineFeature({ module: ExceptionsModule });
