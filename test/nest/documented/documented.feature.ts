import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  Body,
  ClassSerializerInterceptor,
  Controller,
  DefaultValuePipe,
  Get,
  Headers,
  HttpCode,
  Injectable,
  Ip,
  Module,
  NotFoundException,
  Param,
  ParseEnumPipe,
  ParseIntPipe,
  ParseUUIDPipe,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  Scope,
  UploadedFile,
  UseGuards,
  UseInterceptors,
  type CallHandler,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import {
  ApiBody,
  ApiConsumes,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { Exclude, Expose } from 'class-transformer';
import type { Request, Response } from 'express';
import { map, of } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';
import { StockValidation } from '../stock-validation.js';
import { CatQuery, CreateCatDto } from '../swagger/cats.dto.js';

class Told {
  @ApiProperty({ example: 'Tom', description: 'What is told' })
  told!: string;
}

class Person {
  @ApiProperty({ example: 'Ada', description: 'Whose name it is' })
  name: string = 'Ada';

  @Exclude()
  password = 'secret';

  @ApiProperty({ example: 'ADA', description: 'The name, louder' })
  @Expose()
  get loud(): string {
    return this.name.toUpperCase();
  }
}

class FileUpload {
  @ApiProperty({ type: 'string', format: 'binary', description: 'Any file' })
  file!: unknown;
}

enum Colour {
  red = 'red',
  blue = 'blue',
}

const CACHE_HEADER = { description: 'HIT or MISS', required: false, schema: { type: 'string' as const } };

let calls = 0;
const told = (value: unknown): Told => ({ told: String(value) });
const wrapped = {
  intercept: (_context: object, next: CallHandler<Told>) =>
    next.handle().pipe(map((one) => told(`${one.told}, wrapped`))),
};

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  readonly number = ++calls;
}

@Public()
@ApiTags('results')
@Controller('documented/results')
class ResultsController {
  @Get('observed')
  @ApiOperation({ summary: 'Comes as an Observable' })
  @Returns(Told)
  observed() {
    return of(told('observed')) as unknown as Told;
  }

  @Get('serialized')
  @UseInterceptors(ClassSerializerInterceptor)
  @ApiOperation({ summary: 'Is an instance with secrets' })
  @Returns([Person])
  serialized() {
    return [new Person()];
  }

  @Get('cached')
  @UseInterceptors(CacheInterceptor)
  @ApiOperation({ summary: 'Is kept' })
  @ApiOkResponse({ description: 'Perhaps of before', headers: { 'X-Cache': CACHE_HEADER } })
  @Returns(Told)
  cached() {
    return told(++calls);
  }

  @Get('wrapped')
  @UseInterceptors(wrapped)
  @ApiOperation({ summary: 'Is changed by an interceptor' })
  @Returns(Told)
  wrapped() {
    return told('this');
  }

  @Post('accepted')
  @HttpCode(202)
  @ApiOperation({ summary: 'Has a status of its own' })
  @Returns(Told)
  accepted(@Body() { name }: CreateCatDto, @Query() { part }: CatQuery) {
    return told(`${name} ${part}`);
  }

  @Get('passed')
  @ApiOperation({ summary: 'Touches the response' })
  @Returns(Told)
  passed(@Res({ passthrough: true }) response: Response, @Req() request: Request, @Ip() ip: string) {
    response.header('Cache-Control', 'private');
    return told(`${request.method} ${ip}`);
  }

  @Get('moved')
  @Redirect('/documented/results/wrapped', 301)
  @ApiOperation({ summary: 'Is elsewhere' })
  moved() {
    return undefined;
  }
}

@Public()
@ApiTags('inputs')
@Controller('documented/inputs')
class InputsController {
  @Get('numbers/:id')
  @ApiOperation({ summary: 'Takes a number' })
  @Returns(Told)
  number(@Param('id', ParseIntPipe) id: number) {
    return told(id + 1);
  }

  @Get('uuids/:id')
  @ApiOperation({ summary: 'Takes a UUID' })
  @Returns(Told)
  uuid(@Param('id', ParseUUIDPipe) id: string) {
    return told(id);
  }

  @Get('queries')
  @ApiOperation({ summary: 'Takes values of the query' })
  @ApiQuery({ name: 'colour', enum: Colour, description: 'Which', example: 'red' })
  @Returns(Told)
  queries(
    @Query('page', new DefaultValuePipe(7), ParseIntPipe) page: number,
    @Query('colour', new ParseEnumPipe(Colour)) colour: Colour,
    @Headers('x-trace') trace: string | undefined,
  ) {
    return told([page, colour, trace ?? 'none'].join(' '));
  }

  @Get('missing')
  @ApiOperation({ summary: 'Is not there' })
  @ApiNotFoundResponse({ description: 'There is no such cat' })
  @Returns(Told)
  missing(): Told {
    throw new NotFoundException('No such cat');
  }

  @Get('guarded')
  @UseGuards({ canActivate: () => false })
  @ApiOperation({ summary: 'Is for nobody' })
  @ApiForbiddenResponse({ description: 'It is for nobody' })
  @Returns(Told)
  guarded(): Told {
    return told('never');
  }

  @Post('files')
  @UseInterceptors(FileInterceptor('file'))
  @ApiOperation({ summary: 'Takes a file' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ description: 'One file', type: FileUpload })
  @Returns(Told, { status: 201 })
  upload(@UploadedFile() file: Express.Multer.File | undefined) {
    return told(file?.size ?? 'none');
  }
}

@Public()
@ApiTags('scoped')
@Controller({ path: 'documented/scoped', scope: Scope.REQUEST })
class ScopedController {
  constructor(private readonly one: PerRequest) {}

  @Get()
  @ApiOperation({ summary: 'Is made for each request' })
  @Returns(Told)
  scoped() {
    return told(this.one.number);
  }
}

@Module({
  imports: [CacheModule.register()],
  controllers: [ResultsController, InputsController, ScopedController],
  providers: [PerRequest],
})
class DocumentedModule {}

export default defineFeature({ module: DocumentedModule, stock: () => [StockValidation] });
