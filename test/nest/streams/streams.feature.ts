import {
  Controller,
  Get,
  Header,
  Module,
  NotFoundException,
  Param,
  Res,
  StreamableFile,
  UseInterceptors,
  type CallHandler,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response as ExpressResponse } from 'express';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { map } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const HERE = fileURLToPath(import.meta.url);
const closed: string[] = [];

async function* parts(): AsyncGenerator<string> {
  try {
    yield 'one ';
    await sleep(5);
    yield 'two';
  } finally {
    closed.push('parts');
  }
}

/** Yields texts until the consumer stops. */
async function* endless(): AsyncGenerator<string> {
  try {
    while (true) {
      yield 'more ';
      await sleep(5);
    }
  } finally {
    closed.push('endless');
  }
}

const SHOUT = {
  intercept: (_context: object, next: CallHandler<StreamableFile>) =>
    next.handle().pipe(map((file) => new StreamableFile(file.getStream(), { type: 'text/shout' }))),
};

@Public()
@ApiExcludeController()
@Controller('files')
class FilesController {
  @Get('buffer')
  buffer() {
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Get('stream')
  @Header('Content-Type', 'text/plain')
  @Header('Content-Disposition', 'attachment; filename="here.txt"')
  stream() {
    return new StreamableFile(createReadStream(HERE));
  }

  @Get('options')
  options() {
    const options = { type: 'application/json', disposition: 'attachment; filename="a.json"', length: 2 };
    return new StreamableFile(Buffer.from('{}'), options);
  }

  @Get('passthrough')
  passthrough(@Res({ passthrough: true }) response: ExpressResponse) {
    response.set({ 'Content-Type': 'text/css', 'X-Own': 'yes' });
    return new StreamableFile(Buffer.from('a{}'));
  }

  @Get('absent')
  absent() {
    return new StreamableFile(createReadStream('/does/not/exist'));
  }

  @Get('handled')
  handled() {
    const file = new StreamableFile(createReadStream('/does/not/exist'));
    return file.setErrorHandler((_error, response) => {
      response.statusCode = 410;
      response.send('gone');
    });
  }

  @Get('later')
  async later() {
    await sleep(2);
    return new StreamableFile(Readable.from([Buffer.from('la'), Buffer.from('ter')]));
  }

  @Get('intercepted')
  @UseInterceptors(SHOUT)
  intercepted() {
    return new StreamableFile(Buffer.from('LOUD'));
  }

  @Get('missing/:id')
  missing(@Param('id') id: string): StreamableFile {
    throw new NotFoundException(`No file ${id}`);
  }

  @Get('piped')
  piped(@Res() response: ExpressResponse) {
    createReadStream(HERE).pipe(response.type('text'));
  }

  @Get('sent')
  sent(@Res() response: ExpressResponse) {
    response.sendFile(HERE);
  }
}

@Public()
@ApiExcludeController()
@Controller('generated')
class GeneratedController {
  @Get('parts')
  parts() {
    return parts();
  }

  @Get('endless')
  endless() {
    return endless();
  }

  @Get('response')
  response() {
    return new Response('of the web', { status: 206, headers: { 'X-Own': 'yes', 'Content-Type': 'text/plain' } });
  }

  @Get('web-stream')
  webStream() {
    return new Response(JSON.stringify({ web: true })).body;
  }
}

@Module({ controllers: [FilesController, GeneratedController] })
class StreamsModule {}

export default defineFeature({ module: StreamsModule, probe: closed });
