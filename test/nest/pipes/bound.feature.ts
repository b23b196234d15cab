import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  UsePipes,
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Injectable()
class TrimPipe implements PipeTransform<unknown, unknown> {
  transform(value: unknown): unknown {
    return typeof value === 'string' ? value.trim() : value;
  }
}

@Injectable()
class Cats {
  private readonly names = new Map([[1, 'Tom']]);

  find(id: number): Promise<string | undefined> {
    return Promise.resolve(this.names.get(id));
  }
}

@Injectable()
class CatByIdPipe implements PipeTransform<string, Promise<{ id: number; name: string }>> {
  constructor(private readonly cats: Cats) {}

  async transform(value: string): Promise<{ id: number; name: string }> {
    const name = await this.cats.find(Number(value));
    if (name === undefined) throw new BadRequestException(`Cat ${value} is unknown`);
    return { id: Number(value), name };
  }
}

/** Returns each argument with the metadata that Nest passes to the pipe. */
class MetadataPipe implements PipeTransform {
  transform(value: unknown, { type, data, metatype }: ArgumentMetadata): unknown {
    return { value: value ?? null, type, data: data ?? null, metatype: metatype?.name ?? null };
  }
}

class MarkPipe implements PipeTransform {
  constructor(private readonly mark: string) {}

  transform(value: unknown): unknown {
    return typeof value === 'string' ? `${value}>${this.mark}` : value;
  }
}

class Cat {
  name!: string;
}

const Agent = createParamDecorator((header: string, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>().get(header),
);

@Public()
@ApiExcludeController()
@Controller('bound')
@UsePipes(new MarkPipe('controller'))
class BoundPipesController {
  @Get('order/:text')
  @UsePipes(new MarkPipe('method 1'), new MarkPipe('method 2'))
  order(@Param('text', new MarkPipe('parameter 1'), new MarkPipe('parameter 2')) text: string, @Query('q') q: string) {
    return { text, q: q ?? null };
  }

  @Get('cats/:id')
  cat(@Param('id', { transform: (value: string) => value.split('>')[0] }, CatByIdPipe) cat: { name: string }) {
    return cat;
  }
}

@Public()
@ApiExcludeController()
@Controller('injected')
class InjectedPipesController {
  @Get('cats/:id')
  cat(@Param('id', CatByIdPipe) cat: { name: string }) {
    return cat;
  }

  @Post('trimmed')
  @HttpCode(200)
  @UsePipes(TrimPipe)
  trimmed(@Body('name') name: string, @Query('q') q: string) {
    return { name, q };
  }

  @Post('metadata/:id')
  @HttpCode(200)
  @UsePipes(MetadataPipe)
  metadata(@Param('id') id: number, @Query() query: object, @Body() cat: Cat, @Agent('x-agent') agent: string) {
    return [id, query, cat, agent];
  }

  @Get('decorated')
  decorated(@Agent('x-agent', new MarkPipe('piped')) agent: string) {
    return { agent };
  }
}

@Module({ controllers: [BoundPipesController, InjectedPipesController], providers: [Cats] })
class BoundPipesModule {}

export default defineFeature({ module: BoundPipesModule });
