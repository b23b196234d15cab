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
import { ApiExcludeController, ApiProperty } from '@nestjs/swagger';
import { IsString, MinLength } from 'class-validator';
import { tmpdir } from 'node:os';
import { readFile, rm } from 'node:fs/promises';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

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

@Module({ imports: [MulterModule.register({ limits: { files: 3 } })], controllers: [UploadsController] })
class UploadsModule {}

export default defineFeature({ module: UploadsModule });
