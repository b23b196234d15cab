import { Controller, Get } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import { Replicas } from '../replicas/replicas.js';
import { namedError } from '../kernel/errors/app-error.js';
import { Public } from '../kernel/access/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { Alive, Ready } from './health.dto.js';
import { Readiness } from './readiness.js';

const notReady = namedError(503, (why: string) => `Not ready: ${why}`, 'the database does not answer');

@Tag('health', 'Health checks for load balancers and orchestrators.')
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly cache: Cache,
    private readonly replicas: Replicas,
  ) {}

  /** Checks that the process is running. For liveness probes. It does not check the database or any other service. */
  @Public()
  @Get('live')
  @Returns(Alive, { withoutDatabase: true, alwaysAdmitted: true })
  live() {
    return { status: 'ok' };
  }

  /**
   * Checks that the server can handle requests. For readiness probes and load balancers. The server is ready if the
   * database responds and has the current schema, and the process is not shutting down. Otherwise, the response is a
   * 503.
   */
  @Public()
  @Get('ready')
  @Returns(Ready, { errors: [notReady], alwaysAdmitted: true })
  async ready() {
    const [obstacle, redis] = await Promise.all([this.readiness.obstacle(), this.cache.state()]);
    if (obstacle !== undefined) throw notReady(obstacle);
    const { areConfigured, states } = this.replicas;
    return { status: 'ok', database: 'ok', redis, ...(areConfigured ? { replicas: states } : {}) };
  }
}
