import { Controller, Get, type BeforeApplicationShutdown } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Cache } from '../kernel/cache.js';
import { namedError } from '../kernel/errors/app-error.js';
import { Public } from '../kernel/http/access.js';
import { Returns } from '../kernel/http/returns.js';
import { Alive, Ready } from './health.dto.js';

const READY_WITHIN_MS = 500;
const notReady = namedError(503, (why: string) => `Not ready: ${why}`, 'the database does not answer');

@ApiTags('health')
@Controller('health')
export class HealthController implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly source: DataSource,
    private readonly cache: Cache,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  /** Says that the process lives. Asks nobody else. */
  @Public()
  @Get('live')
  @Returns(Alive, { offline: true, vital: true })
  live() {
    return { status: 'ok' };
  }

  /** Says whether requests can be served. The database answers and the process is not stopping. */
  @Public()
  @Get('ready')
  @Returns(Ready, { errors: [notReady], vital: true })
  async ready() {
    if (this.stopping) throw notReady('the server is stopping');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, READY_WITHIN_MS, 'late');
    });
    const asked = this.source.query('select 1').then(
      () => 'ok' as const,
      () => 'late' as const,
    );
    const database = await Promise.race([asked, late]).finally(() => clearTimeout(timer));
    if (database === 'late') throw notReady('the database does not answer');
    return { status: 'ok', database, redis: this.cache.state };
  }
}
