import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Module,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExcludeController,
  ApiExcludeEndpoint,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { StockValidation } from '../stock-validation.js';
import { Public, Returns, SignedIn, namedError } from '../kernel.js';
import {
  AgelessCatDto,
  CatDto,
  CatQuery,
  ChippedCatDto,
  CreateCatDto,
  RenameCatDto,
  UpdateCatDto,
} from './cats.dto.js';

const catMissing = namedError(404, (id: number) => `Cat ${id} not found`, 7);
const cat = (id: number, name: string): CatDto => ({ id, name, tags: [] });

@ApiTags('cats')
@ApiExtraModels(AgelessCatDto)
@Controller('documented-cats')
class DocumentedCatsController {
  @Public()
  @Get()
  @ApiOperation({ summary: 'Lists cats', description: 'All of them, one part at a time.' })
  @ApiHeader({ name: 'X-Trace', description: 'Comes back in the log', required: false, example: 'abc' })
  @Returns([CatDto])
  listCats(@Query() query: CatQuery) {
    return [cat(query.part, 'Tom')];
  }

  @Public()
  @Post()
  @ApiOperation({ summary: 'Adds a cat' })
  @Returns(CatDto, { status: 201 })
  addCat(@Body() body: CreateCatDto) {
    return cat(1, body.name);
  }

  @Public()
  @Get(':id')
  @ApiOperation({ summary: 'Shows a cat' })
  @ApiParam({ name: 'id', description: 'The number of a cat', example: 7 })
  @ApiResponse({ status: 418, description: 'The cat makes tea' })
  @Returns(CatDto, { errors: [catMissing] })
  showCat(@Param('id', ParseIntPipe) id: number) {
    if (id === 404) throw catMissing(id);
    return { ...cat(id, 'Tom'), secret: 'never told' };
  }

  @SignedIn()
  @ApiBearerAuth()
  @Patch(':id')
  @ApiOperation({ summary: 'Changes a cat', deprecated: true })
  @Returns(CatDto)
  changeCat(@Param('id', ParseIntPipe) id: number, @Body() body: UpdateCatDto) {
    return cat(id, body.name ?? 'Tom');
  }

  @Public()
  @Put(':id/name')
  @ApiOperation({ summary: 'Renames a cat', operationId: 'giveName' })
  @Returns(CatDto)
  renameCat(@Param('id', ParseIntPipe) id: number, @Body() body: RenameCatDto) {
    return cat(id, body.name);
  }

  @Public()
  @Put(':id/chip')
  @ApiOperation({ summary: 'Gives a cat a chip' })
  @Returns(CatDto)
  chipCat(@Param('id', ParseIntPipe) id: number, @Body() body: ChippedCatDto) {
    return cat(id, body.chip);
  }

  /** Has an `@ApiResponse` without a description, as the compiler plugin writes it. */
  @Public()
  @Post(':id/naps')
  @ApiOperation({ summary: 'Lets a cat sleep' })
  @Returns(CatDto)
  @ApiResponse({ status: 201, type: CatDto })
  letSleep(@Param('id', ParseIntPipe) id: number) {
    return cat(id, 'Tom');
  }

  @Public()
  @Post(':id/meals')
  @HttpCode(202)
  @ApiOperation({ summary: 'Feeds a cat' })
  @Returns(CatDto)
  @ApiResponse({ status: 202, type: CatDto })
  feed(@Param('id', ParseIntPipe) id: number) {
    return cat(id, 'Tom');
  }

  @Public()
  @Put(':id/home')
  @HttpCode(201)
  @ApiOperation({ summary: 'Gives a cat a home' })
  @Returns(CatDto)
  @ApiResponse({ status: 201, type: CatDto })
  giveHome(@Param('id', ParseIntPipe) id: number) {
    return cat(id, 'Tom');
  }

  @Public()
  @Delete(':id')
  @ApiExcludeEndpoint()
  dropCat(@Param('id') id: string) {
    return { dropped: id, anything: 'else' };
  }
}

@Public()
@ApiExcludeController()
@Controller('hidden-cats')
class HiddenCatsController {
  @Get()
  hidden() {
    return { hidden: true };
  }
}

@Module({ controllers: [DocumentedCatsController, HiddenCatsController] })
class DocumentedCatsModule {}

export default defineFeature({
  module: DocumentedCatsModule,
  stock: () => [StockValidation],
  configure: (app) => {
    const config = new DocumentBuilder().setTitle('Cats only').setVersion('2.0').addBearerAuth().addTag('cats').build();
    const document = () => SwaggerModule.createDocument(app, config, { include: [DocumentedCatsModule] });
    SwaggerModule.setup('whole', app, () => SwaggerModule.createDocument(app, config));
    SwaggerModule.setup('second', app, document, { yamlDocumentUrl: 'second.yaml' });
  },
});
