import {
  All,
  Body,
  Controller,
  Cookies,
  createParamDecorator,
  Headers,
  HostParam,
  Ip,
  Module,
  Post,
  RawBody,
  Req,
  Res,
  SignedCookies,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Call {
  @ApiProperty()
  call!: number;

  @ApiProperty()
  text!: string;
}

class Named {
  @ApiProperty()
  @IsString()
  @MaxLength(9)
  name!: string;
}

let calls = 0;
const call = (text: unknown): Call => ({ call: ++calls, text: String(text) });

/** A decorator as in Nest's documentation. */
const Device = createParamDecorator((name: string, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get(name),
);

const LARGE = 'x'.repeat(2000);

@Public()
@ApiTags('keyed')
@Controller('keyed')
class KeyedController {
  @Post('headers')
  @ApiOperation({ summary: 'Takes a header.' })
  @Returns(Call)
  headers(@Headers('X-Currency') currency: string | undefined) {
    return call(currency);
  }

  @Post('cookies')
  @ApiOperation({ summary: 'Takes cookies.' })
  @Returns(Call)
  cookies(@Cookies('currency') currency: string | undefined, @SignedCookies('cart') cart: string | undefined) {
    return call(`${currency} ${cart}`);
  }

  @Post('unnamed')
  @ApiOperation({ summary: 'Takes values that Aerie cannot name.' })
  @Returns(Call)
  unnamed(
    @Device('X-Device') device: string | undefined,
    @Headers() headers: Record<string, string>,
    @Cookies() cookies: Record<string, string>,
    @Ip() ip: string,
  ) {
    return call([device, headers['x-device'], cookies['device'], ip].join(' '));
  }

  @Post('bytes')
  @ApiOperation({ summary: 'Takes the bytes of the body.' })
  @Returns(Call)
  bytes(@RawBody() bytes: Buffer | undefined) {
    return call(bytes);
  }

  @Post('named')
  @ApiOperation({ summary: 'Takes the body and its bytes.' })
  @Returns(Call)
  named(@Body() { name }: Named, @RawBody() bytes: Buffer) {
    return call(`${name} ${bytes.length}`);
  }

  @Post('request')
  @ApiOperation({ summary: 'Reads the body of the request.' })
  @Returns(Call)
  request(@Req() { body }: Request) {
    return call(JSON.stringify(body));
  }

  @Post('set')
  @ApiOperation({ summary: 'Sets headers.' })
  @Returns(Call, {
    headers: {
      'X-Rest': 'Something of the handler.',
      Link: 'Other resources.',
      'Set-Cookie': { description: 'A cookie.', required: false },
      ETag: 'A tag of the handler.',
    },
  })
  set(@Res({ passthrough: true }) response: Response) {
    response.setHeader('X-Rest', `rest ${calls}`).setHeader('Link', ['</a>; rel="a"', '</b>; rel="b"']);
    response.setHeader('ETag', `"${calls}"`).cookie('session', String(calls)).vary('X-Kind');
    response.header('cache-control', 'private');
    return call(LARGE);
  }

  @All('all')
  @ApiOperation({ summary: 'Takes all methods.' })
  @Returns(Call)
  all() {
    return call('all');
  }
}

@Public()
@ApiTags('keyed')
@Controller({ path: 'keyed/hosts', host: ':tenant.localhost' })
class HostsController {
  @Post()
  @ApiOperation({ summary: 'Takes a part of the host.' })
  @Returns(Call)
  hosts(@HostParam('tenant') tenant: string) {
    return call(tenant);
  }
}

@Module({ controllers: [KeyedController, HostsController] })
class KeyedModule {}

export default defineFeature({ module: KeyedModule, options: { cookies: { secret: 'of the feature' } } });
