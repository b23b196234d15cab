import {
  Controller,
  Get,
  Header,
  HttpCode,
  HttpException,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
  Redirect,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { delay, from, of, throwError } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

/** The values that handlers return, by name. */
const RESULTS: Record<string, () => unknown> = {
  text: () => 'a text',
  empty: () => '',
  number: () => 42,
  zero: () => 0,
  true: () => true,
  false: () => false,
  null: () => null,
  undefined: () => undefined,
  object: () => ({ a: 1, none: undefined, at: new Date(0), deep: { list: [1, null] } }),
  list: () => [1, 'two', { three: 3 }],
  promise: () => Promise.resolve({ promised: true }),
  observable: () => of({ observed: true }).pipe(delay(2)),
  last: () => from(['first', 'last']),
  nested: () => Promise.resolve(of('of a promise')),
  json: () => ({ toJSON: () => ({ by: 'toJSON' }) }),
};
const FAILURES: Record<string, () => unknown> = {
  thrown: () => {
    throw new NotFoundException('Thrown');
  },
  rejected: () => Promise.reject(new NotFoundException('Rejected')),
  observed: () => throwError(() => new NotFoundException('Observed')),
  later: () => Promise.resolve(throwError(() => new HttpException('Later', 404))),
};

@Public()
@ApiExcludeController()
@Controller('answers')
class AnswersController {
  @Get('results/:name')
  result(@Param('name') name: string) {
    return RESULTS[name]!();
  }

  @Post('results/:name')
  posted(@Param('name') name: string) {
    return RESULTS[name]!();
  }

  @Get('failures/:name')
  failure(@Param('name') name: string) {
    return FAILURES[name]!();
  }

  @Post('created')
  created() {
    return { created: true };
  }

  @Post('accepted')
  @HttpCode(202)
  accepted() {
    return { accepted: true };
  }

  @Get('nothing')
  @HttpCode(204)
  nothing() {
    return undefined;
  }

  @Get('headers')
  @Header('Cache-Control', 'public, max-age=60')
  @Header('X-One', '1')
  @Header('X-Computed', () => 'computed')
  headers() {
    return { ok: true };
  }

  @Get('typed')
  @Header('Content-Type', 'text/csv')
  typed() {
    return 'a;b\n';
  }
}

@Public()
@ApiExcludeController()
@Controller('redirects')
class RedirectsController {
  @Get('found')
  @Redirect('/answers/results/text')
  found() {
    return undefined;
  }

  @Get('moved')
  @Redirect('https://docs.nestjs.com', 301)
  moved() {
    return undefined;
  }

  @Get('dynamic')
  @Redirect('https://docs.nestjs.com', 302)
  dynamic(@Query('version') version?: string) {
    return version === '5' ? { url: 'https://docs.nestjs.com/v5/', statusCode: 307 } : undefined;
  }

  @Get('only-code')
  @Redirect('/elsewhere')
  async onlyCode() {
    await Promise.resolve();
    return { statusCode: 303 };
  }

  @Get('failing')
  @Redirect('/elsewhere')
  failing() {
    throw new NotFoundException('Nowhere to go');
  }
}

@Module({ controllers: [AnswersController, RedirectsController] })
class AnswersModule {}

export default defineFeature({ module: AnswersModule });
