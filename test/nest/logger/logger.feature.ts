import { Controller, Get, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Injectable()
class CatsService {
  private readonly logger = new Logger(CatsService.name);

  speak(): void {
    this.logger.log('a log of cats');
    this.logger.warn('a warning of cats');
    this.logger.error('an error of cats', new Error('why').stack);
    this.logger.error(new Error('an error as such'));
    this.logger.log({ cats: 3 });
    this.logger.log('the first', 'the second');
    Logger.log('a static log', 'Static');
    new Logger().log('a log without context');
  }
}

@Public()
@ApiExcludeController()
@Controller('logged')
class LoggedController {
  @Inject(CatsService) private readonly cats!: CatsService;

  @Get()
  logged() {
    this.cats.speak();
    return 'logged';
  }
}

@Module({ controllers: [LoggedController], providers: [CatsService] })
class LoggerModule {}

export default defineFeature({ module: LoggerModule });
