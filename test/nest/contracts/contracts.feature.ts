import {
  All,
  Body,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Head,
  Header,
  HttpCode,
  Module,
  Options,
  Param,
  ParseIntPipe,
  Post,
  Query,
  DefaultValuePipe,
  Redirect,
  Res,
  StreamableFile,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiProperty, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Response } from 'express';
import { map, of, timeout } from 'rxjs';
import { ReturnsMedia, ReturnsNothing } from '../../../src/kernel/http/returns.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

/** The compiler plugin does not read this class: the name of the file does not match its suffixes. */
class Shown {
  @ApiProperty()
  id!: number;

  @ApiProperty()
  name!: string;
}

class Wanted {
  @ApiProperty()
  @IsString()
  @MaxLength(10)
  name!: string;
}

class Paging {
  @IsInt()
  @Min(1)
  @Max(9)
  part: number = 1;
}

const entity = () => ({ id: 1, name: 'Tom', password_hash: 'secret' });

class Adding implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(
      timeout(1000),
      map((given: object) => ({ ...given, name: 'Mapped', password_hash: 'secret' })),
    );
  }
}

@Public()
@ApiTags('contracts')
@Controller('contracts')
class ContractsController {
  @Get('accepted')
  @HttpCode(202)
  @ApiOperation({ summary: 'Has a status of its own.' })
  @Returns(Shown)
  accepted() {
    return entity();
  }

  @Get('below')
  @ApiOperation({ summary: 'Has a status of its own.' })
  @Returns(Shown)
  @HttpCode(202)
  below() {
    return entity();
  }

  @Get('other')
  @ApiOperation({ summary: 'Sets a status that it does not declare.' })
  @Returns(Shown)
  other(@Res({ passthrough: true }) response: Response) {
    response.status(203);
    return entity();
  }

  @Get('past')
  @ApiOperation({ summary: 'Writes the answer itself.' })
  @Returns(Shown)
  past(@Res({ passthrough: true }) response: Response) {
    response.json(entity());
    return entity();
  }

  @Get('head')
  @ApiOperation({ summary: 'Writes a head itself.' })
  @Returns(Shown)
  written(@Res({ passthrough: true }) response: Response) {
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('secret');
    return entity();
  }

  @Options('options')
  @ApiOperation({ summary: 'Is no usual method.' })
  @Returns(Shown)
  options() {
    return entity();
  }

  @All('all')
  @ApiOperation({ summary: 'Takes all methods.' })
  @Returns(Shown)
  all() {
    return entity();
  }

  @Head('heads')
  @ApiOperation({ summary: 'Has no body.' })
  @ReturnsNothing()
  heads(): void {}

  @Get('mapped')
  @UseInterceptors(Adding, ClassSerializerInterceptor)
  @ApiOperation({ summary: 'Is mapped by interceptors of its own.' })
  @Returns(Shown)
  mapped() {
    return entity();
  }

  @Get('observed')
  @Header('X-Own', 'yes')
  @ApiOperation({ summary: 'Gives an Observable.' })
  @Returns(Shown)
  observed() {
    return of(entity());
  }

  @Get('file')
  @ApiOperation({ summary: 'Gives a file.' })
  @ReturnsMedia({ 'text/plain': 'text' })
  file() {
    return new StreamableFile(Buffer.from('text'), { type: 'text/plain; charset=utf-8' });
  }

  @Get('away')
  @Redirect('/contracts/accepted', 307)
  @ApiOperation({ summary: 'Is elsewhere.' })
  away(): void {}

  @Get('moving')
  @Redirect('/contracts/accepted')
  @ReturnsNothing()
  @ApiOperation({ summary: 'Is where the handler says.' })
  @ApiQuery({ name: 'url', required: false })
  @ApiResponse({ status: 301, description: 'Is there for good.' })
  moving(@Query('url') url?: string) {
    return (url === undefined ? undefined : { url, statusCode: 301 }) as unknown as void;
  }

  @Get('excluded')
  @ApiExcludeEndpoint()
  excluded() {
    return { anything: 'goes' };
  }

  @Get('aged')
  @ApiOperation({ summary: 'Takes a value with pipes of its own.' })
  @Returns(Shown)
  aged(@Query('age', new DefaultValuePipe(7), ParseIntPipe) age: number) {
    return { ...entity(), id: age };
  }

  @Get('defaults')
  @ApiOperation({ summary: 'Takes values that have defaults.' })
  @Returns(Shown)
  defaults(
    @Query('page', new DefaultValuePipe(1)) page: number,
    @Query('active', new DefaultValuePipe(true)) active: boolean,
    @Query('name', new DefaultValuePipe('Tom')) name: string,
  ) {
    return { id: page, name: `${name} ${typeof active} ${active}` };
  }

  @Get(['part', 'part/:part'])
  @ApiOperation({ summary: 'Takes a part of the path that may be absent.' })
  @Returns(Shown)
  part(@Param('part', new DefaultValuePipe(5)) part: number) {
    return { id: part, name: 'Tom' };
  }

  @Post('of/:id')
  @ApiOperation({ summary: 'Takes path, query and body.' })
  @Returns(Shown)
  judged(@Param('id') id: number, @Query() { part }: Paging, @Body() body: Wanted) {
    return { id: id * 10 + part, name: body.name, isInstance: body instanceof Wanted };
  }
}

@Module({ controllers: [ContractsController] })
class ContractsModule {}

export default defineFeature({ module: ContractsModule });
