import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Module,
  Param,
  Patch,
  Post,
  Query,
  createParamDecorator,
} from '@nestjs/common';
import { ApiExcludeController, ApiExcludeEndpoint } from '@nestjs/swagger';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';
import { StockValidation } from '../stock-validation.js';
import { Address, CreatePet, Payment, PetId, Search, Terms, Undecorated, UpdatePet } from './dto.js';

interface Plain {
  any: unknown;
}

const Raw = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().body as unknown,
);

/** Returns the value that a handler was given, with the name of its class. */
const said = (value: object) => ({ type: value.constructor.name, value });

@Public()
@ApiExcludeController()
@Controller('pets')
class PetsController {
  @Post()
  create(@Body() pet: CreatePet) {
    return { ...said(pet), home: pet.home ? pet.home.constructor.name : null };
  }

  @Patch(':id')
  update(@Param() { id }: PetId, @Body() changes: UpdatePet) {
    return { id, ...said(changes) };
  }

  @Get()
  search(@Query() search: Search) {
    return { ...said(search), isFirst: search.isFirst };
  }

  @Post('parts')
  @HttpCode(200)
  parts(@Body('home') home: Address, @Body('name') name: string) {
    return { home: said(home), name };
  }

  @Post('payments')
  @HttpCode(200)
  pay(@Body() payment: Payment) {
    return said(payment);
  }

  @Post('terms')
  @HttpCode(200)
  terms(@Body() terms: Terms) {
    return said(terms);
  }

  @Post('everything/:id')
  @HttpCode(200)
  everything(@Param() pet: PetId, @Query() search: Search, @Body() address: Address, @Headers('x-by') by: string) {
    return { id: pet.id, page: search.page, city: address.city, by };
  }

  @Post('plain')
  @HttpCode(200)
  plain(@Body() plain: Plain, @Query() query: Record<string, string>, @Raw() raw: object) {
    return { plain, query, raw };
  }

  @Post('undecorated')
  @HttpCode(200)
  @ApiExcludeEndpoint()
  undecorated(@Body() given: Undecorated) {
    return { isOne: given instanceof Undecorated };
  }
}

@Module({ controllers: [PetsController] })
class PetsModule {}

export default defineFeature({ module: PetsModule, stock: () => [StockValidation] });
