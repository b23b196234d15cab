import { All, Controller, Get, Module, Next, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Public()
@ApiExcludeController()
@Controller(':tenant/cats')
class TenantCatsController {
  @Get(':id')
  cat(@Param() params: object) {
    return params;
  }
}

@Public()
@ApiExcludeController()
@Controller()
class PagesController {
  @All('guarded-pages/*rest')
  first(@Next() next: NextFunction) {
    next();
  }

  @Get('guarded-pages/:page')
  guarded(@Param('page') page: string) {
    return { guarded: page };
  }

  @Get(':page')
  page(@Param('page') page: string) {
    return { page };
  }
}

@Module({ controllers: [TenantCatsController, PagesController] })
class ParameterFirstModule {}

export default defineFeature({ module: ParameterFirstModule });
