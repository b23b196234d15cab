import { Body, Controller, HttpCode, Module, Post, Scope, ValidationPipe, type PipeTransform } from '@nestjs/common';
import { APP_PIPE, REQUEST } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt } from 'class-validator';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

class PriceDto {
  @Transform(({ value }: { value: number }) => value * 100, { toClassOnly: true })
  @IsInt()
  price!: number;
}

@Public()
@ApiExcludeController()
@Controller('priced-by-factory')
class PricesController {
  @Post()
  @HttpCode(200)
  price(@Body() body: PriceDto) {
    return { price: body.price };
  }
}

/** Validates, or does nothing, as the request asks for. */
const pipeFor = ({ query }: Request): PipeTransform =>
  'idle' in query ? { transform: (value: unknown) => value } : new ValidationPipe({ transform: true });

@Module({
  controllers: [PricesController],
  providers: [{ provide: APP_PIPE, scope: Scope.REQUEST, inject: [REQUEST], useFactory: pipeFor }],
})
class FactoriesModule {}

export default defineFeature({ module: FactoriesModule });
