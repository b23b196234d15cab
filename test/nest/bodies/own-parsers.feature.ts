import { Body, Controller, HttpCode, Module, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import express, { type Request, type Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller('own-parsers')
class OwnParsersController {
  /** A webhook handler that needs the raw bytes of the JSON to check its signature. */
  @Post('hook')
  @HttpCode(200)
  hook(@Body() body: Buffer) {
    return { isBuffer: Buffer.isBuffer(body), text: body.toString() };
  }

  @Post('large')
  @HttpCode(200)
  large(@Body() { text }: { text: string }) {
    return { length: text.length };
  }

  @Post('streamed')
  @HttpCode(200)
  async streamed(@Req() request: Request) {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    return { bytes };
  }
}

@Module({ controllers: [OwnParsersController] })
class OwnParsersModule {}

export default defineFeature({
  module: OwnParsersModule,
  configure: (app) => {
    app.use('/own-parsers/hook', express.raw({ type: 'application/json' }));
    app.use(express.json({ limit: '2mb' }));
    app.use('/proxied', (request: Request, response: Response) => void request.pipe(response.type('bin')));
  },
});
