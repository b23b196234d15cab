import * as nest from '@nestjs/common';
import { Controller, Get, HttpException, HttpStatus, Module, Param, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, namedError } from '../kernel.js';

type Constructor = new (message?: string | object, options?: string | object) => HttpException;

const catMissing = namedError(404, (name: string) => `No cat is named ${name}`, 'Tom');
const catAsleep = namedError(503, () => 'The cat is asleep');

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

  @Get('objects')
  object() {
    throw new HttpException({ status: HttpStatus.FORBIDDEN, error: 'A body of its own' }, HttpStatus.FORBIDDEN);
  }

  @Get('messages')
  messages() {
    throw new nest.BadRequestException(['name is too short', 'age is too low']);
  }

  @Get('message-objects')
  messageObject() {
    throw new nest.ConflictException({ message: 'Taken', code: 'cat.taken' });
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

@Module({ controllers: [ExceptionsController] })
class ExceptionsModule {}

export default defineFeature({ module: ExceptionsModule });
