import { ConsoleLogger, Controller, Get, Injectable, Logger, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const lines: string[] = [];

@Injectable()
class OwnLogger extends ConsoleLogger {
  override log(message: unknown, context?: string): void {
    lines.push(`${context ?? ''}: ${String(message)}`);
  }
}

@Public()
@ApiExcludeController()
@Controller('own-log')
class OwnLogController {
  private readonly logger = new Logger('Own');

  @Get()
  log() {
    this.logger.log('for the own logger');
    return 'logged';
  }
}

@Module({ controllers: [OwnLogController], providers: [OwnLogger] })
class OwnLoggerModule {}

export default defineFeature({
  module: OwnLoggerModule,
  configure: (app) => app.useLogger(app.get(OwnLogger)),
  probe: lines,
});
