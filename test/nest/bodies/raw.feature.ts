import { Controller, HttpCode, Module, Post, RawBody, Req } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Taken {
  @ApiProperty()
  bytes!: number;
}

const taken = (body: unknown): Taken => ({ bytes: (body as { text: string }).text.length });

async function streamed(request: Request): Promise<Taken> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return { bytes };
}

@Public()
@ApiTags('raw')
@Controller('raw')
class RawController {
  @Post('bytes')
  @ApiOperation({ summary: 'Takes the bytes of the body.' })
  @Returns(Taken)
  bytes(@RawBody() bytes: Buffer) {
    return taken(JSON.parse(bytes.toString()));
  }

  @Post('request')
  @ApiOperation({ summary: 'Takes the request.' })
  @Returns(Taken)
  request(@Req() { body }: Request) {
    return taken(body);
  }

  @Post('streamed')
  @ApiOperation({ summary: 'Reads the request.' })
  @Returns(Taken)
  streamed(@Req() request: Request) {
    return streamed(request);
  }
}

@Public()
@ApiExcludeController()
@Controller('raw-plain')
class PlainRawController {
  @Post('bytes')
  @HttpCode(200)
  bytes(@RawBody() bytes: Buffer | undefined) {
    return bytes ? taken(JSON.parse(bytes.toString())) : { bytes: null };
  }

  @Post('request')
  @HttpCode(200)
  request(@Req() { body }: Request) {
    return taken(body);
  }

  @Post('streamed')
  @HttpCode(200)
  streamed(@Req() request: Request) {
    return streamed(request);
  }
}

@Module({ controllers: [RawController, PlainRawController] })
class RawModule {}

export default defineFeature({ module: RawModule, options: { rawBody: true } });
