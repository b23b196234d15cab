import {
  Body,
  Controller,
  FileTypeValidator,
  HttpStatus,
  MaxFileSizeValidator,
  Module,
  ParseFilePipe,
  ParseFilePipeBuilder,
  Post,
  Req,
  UploadedFile,
  UploadedFiles,
  UseInterceptors,
} from '@nestjs/common';
import {
  AnyFilesInterceptor,
  FileFieldsInterceptor,
  FileInterceptor,
  FilesInterceptor,
  MulterModule,
  NoFilesInterceptor,
} from '@nestjs/platform-express';
import { ApiConsumes, ApiExcludeController, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import type { Request } from 'express';
import { tmpdir } from 'node:os';
import { readFile, rm } from 'node:fs/promises';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

type File = Express.Multer.File;
type Named = Record<string, File[] | undefined>;

const told = ({ fieldname, originalname, mimetype, size, buffer }: File) => ({
  fieldname,
  originalname,
  mimetype,
  size,
  text: buffer.toString(),
});

class CaptionDto {
  @ApiProperty()
  @IsString()
  @MinLength(2)
  caption!: string;
}

@Public()
@ApiExcludeController()
@Controller('uploads')
class UploadsController {
  @Post('one')
  @UseInterceptors(FileInterceptor('file'))
  one(@UploadedFile() file: File | undefined, @Body() body: Record<string, unknown> | undefined) {
    return { file: file ? told(file) : null, body: { ...body } };
  }

  @Post('captioned')
  @UseInterceptors(FileInterceptor('file'))
  captioned(@UploadedFile() file: File, @Body() body: CaptionDto) {
    return { file: file.originalname, caption: body.caption };
  }

  @Post('list')
  @UseInterceptors(FilesInterceptor('files', 2))
  list(@UploadedFiles() files: File[]) {
    return files.map(told);
  }

  @Post('fields')
  @UseInterceptors(FileFieldsInterceptor([{ name: 'avatar', maxCount: 1 }, { name: 'background' }]))
  fields(@UploadedFiles() files: Named) {
    return { avatar: files['avatar']?.map(told), background: files['background']?.map(told) ?? null };
  }

  @Post('any')
  @UseInterceptors(AnyFilesInterceptor())
  any(@UploadedFiles() files: File[]) {
    return files.map(({ fieldname }) => fieldname);
  }

  @Post('none')
  @UseInterceptors(NoFilesInterceptor())
  none(@Body() body: Record<string, unknown>) {
    return { ...body };
  }

  @Post('parsed')
  @UseInterceptors(FileInterceptor('file'))
  parsed(
    @UploadedFile(
      new ParseFilePipe({
        validators: [
          new MaxFileSizeValidator({ maxSize: 10 }),
          new FileTypeValidator({ fileType: 'text/plain', skipMagicNumbersValidation: true }),
        ],
      }),
    )
    file: File,
  ) {
    return told(file);
  }

  @Post('built')
  @UseInterceptors(FileInterceptor('file'))
  built(
    @UploadedFile(
      new ParseFilePipeBuilder()
        .addMaxSizeValidator({ maxSize: 3, message: 'At most three bytes' })
        .build({ errorHttpStatusCode: HttpStatus.UNPROCESSABLE_ENTITY, fileIsRequired: false }),
    )
    file?: File,
  ) {
    return { file: file ? told(file) : null };
  }

  @Post('limited')
  @UseInterceptors(FileInterceptor('file', { limits: { fileSize: 4 } }))
  limited(@UploadedFile() file: File) {
    return told(file);
  }

  @Post('stored')
  @UseInterceptors(FileInterceptor('file', { dest: tmpdir() }))
  async stored(@UploadedFile() file: File) {
    const text = await readFile(file.path, 'utf8');
    await rm(file.path);
    return { text };
  }
}

class TitleDto {
  @ApiProperty({ example: 'A cat' })
  @IsString()
  @MaxLength(20)
  title!: string;
}

class UploadedDto {
  @ApiProperty({ type: 'integer', example: 1 })
  call!: number;
}

let calls = 0;

@Public()
@ApiTags('uploads')
@Controller('documented-uploads')
class DocumentedUploadsController {
  @Post('file')
  @UseInterceptors(FileInterceptor('file'))
  @ApiOperation({ summary: 'Takes a file' })
  @Returns(UploadedDto, { status: 201 })
  takeFile(@UploadedFile() _file: File) {
    return { call: ++calls };
  }

  @Post('titled')
  @UseInterceptors(FileInterceptor('file'))
  @ApiConsumes('multipart/form-data')
  @ApiOperation({ summary: 'Takes a file and its title' })
  @Returns(UploadedDto, { status: 201 })
  takeTitled(@UploadedFile() _file: File, @Body() _body: TitleDto) {
    return { call: ++calls };
  }

  @Post('fields')
  @UseInterceptors(NoFilesInterceptor())
  @ApiOperation({ summary: 'Takes a form without files' })
  @Returns(UploadedDto, { status: 201 })
  takeFields(@Body() _body: TitleDto) {
    return { call: ++calls };
  }

  @Post('consumed')
  @ApiConsumes('Multipart/Form-Data')
  @ApiOperation({ summary: 'Takes what it reads itself' })
  @Returns(UploadedDto, { status: 201 })
  takeConsumed(@Req() request: Request) {
    request.resume();
    return { call: ++calls };
  }

  @Post('json')
  @ApiOperation({ summary: 'Takes JSON' })
  @Returns(UploadedDto, { status: 201 })
  takeJson(@Body() _body: TitleDto) {
    return { call: ++calls };
  }
}

@Public()
@ApiTags('uploads')
@UseInterceptors(AnyFilesInterceptor())
@Controller('documented-upload-controllers')
class MulterController {
  @Post()
  @ApiOperation({ summary: 'Takes any files' })
  @Returns(UploadedDto, { status: 201 })
  takeAny(@Req() _request: Request) {
    return { call: ++calls };
  }
}

@Module({
  imports: [MulterModule.register({ limits: { files: 3 } })],
  controllers: [UploadsController, DocumentedUploadsController, MulterController],
})
class UploadsModule {}

export default defineFeature({ module: UploadsModule });
