import {
  Body,
  Controller,
  Get,
  HttpCode,
  Module,
  Post,
  Query,
  ValidationPipe,
  createParamDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsEmail } from 'class-validator';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { StockValidation } from '../stock-validation.js';
import { ByGroups, Kinds, Many, TypesAlone } from './kinds.dto.js';

class Mailbox {
  @IsEmail()
  email!: string;
}

/** A custom parameter decorator. Pipes validate its class only with `validateCustomDecorators`. */
const Sender = createParamDecorator((_: unknown, context: ExecutionContext) => ({
  email: context.switchToHttp().getRequest<Request>().get('x-sender'),
}));

const create = new ValidationPipe({ transform: true, groups: ['create'], expectedType: ByGroups });

@Public()
@ApiExcludeController()
@Controller('kinds')
class KindsController {
  @Post()
  @HttpCode(200)
  kinds(@Body() given: Kinds) {
    const { at, shape, dates } = given;
    return {
      given,
      at: at instanceof Date,
      shape: shape?.constructor.name ?? null,
      dates: dates?.map((date) => date.getTime()),
    };
  }

  @Post('types-alone')
  @HttpCode(200)
  typesAlone(@Body() given: TypesAlone) {
    return given;
  }

  @Get('many')
  many(@Query() { names, numbers }: Many) {
    return { names, numbers: numbers ?? null };
  }

  @Post('groups')
  @HttpCode(200)
  groups(@Body() given: ByGroups) {
    return given;
  }

  @Post('groups/create')
  @HttpCode(200)
  created(@Body(create) given: object) {
    return given;
  }

  @Get('sender')
  sender(@Sender() sender: Mailbox) {
    return { email: sender.email };
  }

  @Get('checked-sender')
  checked(@Sender(new ValidationPipe({ validateCustomDecorators: true })) sender: Mailbox) {
    return { email: sender.email };
  }

  @Post('no-more')
  @HttpCode(200)
  noMore(@Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true })) mailbox: Mailbox) {
    return mailbox;
  }

  @Post('unknown')
  @HttpCode(200)
  unknown(@Body() mailbox: Mailbox) {
    return { email: mailbox.email };
  }
}

@Module({ controllers: [KindsController] })
class KindsModule {}

export default defineFeature({ module: KindsModule, stock: () => [StockValidation] });
