import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Greeting } from './health.dto.js';

@ApiTags('health')
@Controller()
export class RootController {
  /** Returns a greeting. It needs no database, so it shows only that the API can be reached. */
  @Public()
  @Get()
  @Returns(Greeting, { offline: true })
  hello() {
    return { message: 'Hello World' };
  }
}
