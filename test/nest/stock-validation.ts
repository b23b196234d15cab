import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';

/** Stock Nest with a pipe that judges every class, as Aerie has one. */
@Module({ providers: [{ provide: APP_PIPE, useValue: new ValidationPipe({ transform: true }) }] })
export class StockValidation {}
