import {
  Body,
  Controller,
  Get,
  Module,
  ParseArrayPipe,
  Post,
  Query,
  Res,
  UploadedFile,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { ReturnsMedia } from '../../../src/kernel/http/returns.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Told {
  @ApiProperty()
  told!: string;
}

class Filter {
  @ApiProperty({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsString({ each: true })
  @MaxLength(5, { each: true })
  tags?: string[] | null;

  @ApiProperty({ type: [Number] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(9, { each: true })
  ids?: number[] | null;
}

class Named {
  @ApiProperty()
  @IsString()
  @MaxLength(10)
  name!: string;

  @ApiProperty({ type: 'integer' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9)
  part?: number | null;
}

class Renaming implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const request = context.switchToHttp().getRequest<Request>();
    request.body = { name: 'renamed' };
    return next.handle();
  }
}

const tell = (value: unknown) => ({ told: JSON.stringify(value) });

@ApiTags('Taken')
@Public()
@Controller('taken')
class TakenController {
  @Get('lists')
  @ApiOperation({ summary: 'Takes lists in the query.' })
  @Returns(Told)
  lists(@Query() filter: Filter) {
    return tell(filter);
  }

  @Get('raw')
  @ApiOperation({ summary: 'Takes a list by a pipe of its own.' })
  @Returns(Told)
  raw(@Query('ids', new ParseArrayPipe({ items: Number })) ids: number[]) {
    return tell(ids);
  }

  @Post('replaced')
  @ApiOperation({ summary: 'Takes what a middleware has made of the body.' })
  @Returns(Told)
  replaced(@Body() body: Named) {
    return tell(body);
  }

  @Post('intercepted')
  @UseInterceptors(Renaming)
  @ApiOperation({ summary: 'Takes what an interceptor has made of the body.' })
  @Returns(Told)
  intercepted(@Body() body: Named) {
    return tell(body);
  }

  @Post('upload')
  @UseInterceptors(FileInterceptor('file'))
  @ApiOperation({ summary: 'Takes a file and fields beside it.' })
  @Returns(Told)
  upload(@UploadedFile() file: Express.Multer.File, @Body() body: Named) {
    return tell({ file: file.size, ...body });
  }

  @Get('other-media')
  @ApiOperation({ summary: 'Answers in a media type that it does not declare.' })
  @ReturnsMedia({ 'text/csv': 'a,b' })
  otherMedia(@Res() response: Response) {
    response.json({ leaked: 'secret' });
  }

  @Get('media')
  @ApiOperation({ summary: 'Answers in the media type that it declares.' })
  @ReturnsMedia({ 'text/csv': 'a,b' })
  media(@Res() response: Response) {
    response.type('text/csv').send('a,b');
  }
}

@Module({ controllers: [TakenController] })
class TakenModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((request: Request, _response: Response, next: () => void) => {
        request.body = { name: 'replaced' };
        next();
      })
      .forRoutes('taken/replaced');
  }
}

export default defineFeature({ module: TakenModule });
