import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';

/** Adds a pipe to stock Nest that validates every class, as Aerie's does. */
@Module({ providers: [{ provide: APP_PIPE, useValue: new ValidationPipe({ transform: true }) }] })
export class StockValidation {}
