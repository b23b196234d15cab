import {
  Body,
  Controller,
  Cookies,
  Get,
  HttpCode,
  Module,
  Post,
  RawBody,
  Req,
  Res,
  Session,
  type RawBodyRequest,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import type { Request, Response } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('cookies')
class CookiesController {
  @Get()
  cookies(@Req() request: Request, @Cookies() all: object, @Cookies('name') name: string | undefined) {
    return { parsed: request.cookies as object, signed: request.signedCookies as object, all, name: name ?? null };
  }

  @Get('set')
  set(@Res({ passthrough: true }) response: Response) {
    response.cookie('plain', 'a value', { httpOnly: true, sameSite: 'lax' });
    response.cookie('signed', 'kept', { signed: true });
    response.clearCookie('old');
    return 'set';
  }
}

@Public()
@ApiExcludeController()
@Controller('sessions-of-express')
class SessionController {
  @Get()
  visits(@Session() session: Record<string, number>, @Req() request: Request) {
    session['visits'] = (session['visits'] ?? 0) + 1;
    return { visits: session['visits'], same: request.session === (session as unknown) };
  }
}

@Public()
@ApiExcludeController()
@Controller('bodies')
class BodiesController {
  @Post('raw')
  @HttpCode(200)
  raw(@Req() request: RawBodyRequest<Request>, @RawBody() bytes: Buffer | undefined, @Body() body: unknown) {
    return { raw: request.rawBody?.toString() ?? null, same: bytes === request.rawBody, body: body ?? null };
  }

  @Post('text')
  @HttpCode(200)
  text(@Body() body: unknown) {
    return { body, type: typeof body };
  }

  @Get('long')
  long() {
    return 'long '.repeat(1000);
  }

  @Get('short')
  short() {
    return 'short';
  }
}

@Module({ controllers: [CookiesController, SessionController, BodiesController] })
class HttpModule {}

export default defineFeature({
  module: HttpModule,
  options: { rawBody: true },
  configure: (app) => {
    app.useBodyParser('text', { type: 'text/plain' });
    app.use(helmet({ xFrameOptions: { action: 'deny' } }));
    app.use(cookieParser('only-for-tests'));
    app.use(session({ secret: 'only-for-tests', resave: false, saveUninitialized: false, name: 'visitor' }));
    app.use(compression());
  },
});
