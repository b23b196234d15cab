import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Greeting } from './health.dto.js';

@ApiTags('health')
@Controller()
export class RootController {
  /**
   * Returns a greeting. Use it to check that the API can be reached. It does not check the database: see
   * `GET /health/ready`.
   */
  @Public()
  @Get()
  @Returns(Greeting, { withoutDatabase: true })
  hello() {
    return { message: 'Hello World' };
  }
}
