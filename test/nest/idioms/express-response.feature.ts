import { Controller, Get, Module, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { fileURLToPath } from 'node:url';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('express-response')
class ExpressResponseController {
  @Get('status')
  status(@Res() response: Response) {
    response.sendStatus(202);
  }

  @Get('redirect')
  redirect(@Res() response: Response) {
    response.redirect(303, '/elsewhere');
  }

  @Get('formats')
  formats(@Res() response: Response) {
    response.format({
      json: () => void response.json({ format: 'json' }),
      html: () => void response.send('<p>html</p>'),
    });
  }

  @Get('appended')
  appended(@Res({ passthrough: true }) response: Response) {
    response.append('Set-Cookie', 'a=1').append('Set-Cookie', 'b=2').vary('X-Kind').links({ next: '/next' });
    response.location('/there').type('application/vnd.cat+json').locals['seen'] = true;
    return { seen: response.locals['seen'] as boolean };
  }

  @Get('download')
  download(@Res() response: Response) {
    response.download(fileURLToPath(import.meta.url), 'cat.txt');
  }

  @Get('written')
  written(@Res() response: Response) {
    response.writeHead(201, { 'X-Written': 'yes', 'Content-Type': 'text/plain' });
    response.write('in ');
    response.end('parts');
  }

  @Get('early')
  async early(@Res() response: Response) {
    response.setHeader('X-Early', 'yes').flushHeaders();
    await Promise.resolve();
    response.end('after its head');
  }
}

@Module({ controllers: [ExpressResponseController] })
class ExpressResponseModule {}

export default defineFeature({ module: ExpressResponseModule });
