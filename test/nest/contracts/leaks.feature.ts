import {
  Catch,
  ConflictException,
  Controller,
  Get,
  HttpException,
  Module,
  Param,
  Res,
  UseFilters,
  UseInterceptors,
  type ArgumentsHost,
  type ExceptionFilter,
  type NestInterceptor,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { catchError, map, of } from 'rxjs';
import { ReturnsMedia } from '../../../src/kernel/http/returns.js';
import { User } from '../../../src/users/user.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Shown {
  @ApiProperty()
  name!: string;
}

const row = () => Object.assign(new User(), { id: 1, name: 'Tom', password_hash: 'secret' });

class PublicUser extends User {
  toJSON() {
    return { name: this.name };
  }
}

class Taken extends Error {
  constructor(readonly holder: User) {
    super('taken');
  }
}

/** Answers with the row that the exception has. */
@Catch(Taken)
class TakenFilter implements ExceptionFilter<Taken> {
  catch({ holder }: Taken, host: ArgumentsHost) {
    host.switchToHttp().getResponse<Response>().status(409).json({ holder });
  }
}

@Catch(Taken)
class SendingFilter implements ExceptionFilter<Taken> {
  catch({ holder }: Taken, host: ArgumentsHost) {
    host.switchToHttp().getResponse<Response>().status(409).send(holder);
  }
}

@Catch(Taken)
class NestFilter extends BaseExceptionFilter {
  override catch({ holder }: Taken, host: ArgumentsHost) {
    super.catch(new HttpException({ holders: [holder] }, 409), host);
  }
}

const replaceBy = (value: object): NestInterceptor => ({
  intercept: (_, next) => next.handle().pipe(map(() => value)),
});

const recoverWith = (value: object): NestInterceptor => ({
  intercept: (_, next) => next.handle().pipe(catchError(() => of(value))),
});

const ERRORS: Readonly<Record<string, () => unknown>> = {
  row: () => new ConflictException(row()),
  field: () => new ConflictException({ reason: 'taken', holder: row() }),
  list: () => new HttpException([{ holders: [row()] }] as never, 409),
  message: () => new ConflictException({ message: row(), statusCode: 409 }),
};

@Public()
@ApiTags('leaks')
@Controller('leaks')
class LeaksController {
  @Get('thrown/:name')
  @ApiOperation({ summary: 'Throws an exception with a row.' })
  @Returns(Shown)
  throwRow(@Param('name') name: string): Shown {
    throw ERRORS[name]!();
  }

  @Get('filters/json')
  @UseFilters(TakenFilter)
  @ApiOperation({ summary: 'Has a filter that sends a row.' })
  @Returns(Shown)
  filterJson(): Shown {
    throw new Taken(row());
  }

  @Get('filters/send')
  @UseFilters(SendingFilter)
  @ApiOperation({ summary: 'Has a filter that sends a row.' })
  @Returns(Shown)
  filterSend(): Shown {
    throw new Taken(row());
  }

  @Get('filters/base')
  @UseFilters(NestFilter)
  @ApiOperation({ summary: "Has a filter that extends Nest's own." })
  @Returns(Shown)
  filterBase(): Shown {
    throw new Taken(row());
  }

  @Get('media')
  @ApiOperation({ summary: 'Sends a row as a file.' })
  @ReturnsMedia({ 'application/json': '{}' })
  sendMedia(@Res() response: Response) {
    response.json([row()]);
  }

  @Get('passthrough')
  @ApiOperation({ summary: 'Sets the status of an error and returns a row.' })
  @Returns(Shown)
  passThrough(@Res({ passthrough: true }) response: Response) {
    response.status(409);
    return row();
  }

  @Get('replaced')
  @UseInterceptors(replaceBy(row()))
  @ApiOperation({ summary: 'Has an interceptor that returns a row.' })
  @Returns(Shown)
  replaceValue() {
    return { name: 'x' };
  }

  @Get('recovered')
  @UseInterceptors(recoverWith(row()))
  @ApiOperation({ summary: 'Has an interceptor that returns a row instead of an error.' })
  @Returns(Shown)
  recover(): Shown {
    throw new Error('fails');
  }

  @Get('public')
  @ApiOperation({ summary: 'Throws an exception with a row that has a toJSON.' })
  @ApiResponse({
    status: 409,
    description: 'Refused',
    content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
  })
  @Returns(Shown)
  throwPublic(): Shown {
    throw new ConflictException({ holder: Object.assign(new PublicUser(), row()) });
  }

  @Get('plain')
  @ApiExcludeEndpoint()
  throwPlainly() {
    throw new ConflictException({ holder: { name: row().name } });
  }
}

@Module({ controllers: [LeaksController] })
class LeaksModule {}

export default defineFeature({ module: LeaksModule });
