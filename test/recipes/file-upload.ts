import { Controller, MaxFileSizeValidator, Module, ParseFilePipe, Post } from '@nestjs/common';
import { UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiExcludeController } from '@nestjs/swagger';
import { createHash } from 'node:crypto';
import { SignedIn } from '../../src/kernel/access/access.js';

const MAX_BYTES = 1_000_000;

@ApiExcludeController()
@Controller('pictures')
class PicturesController {
  @SignedIn()
  @Post()
  @UseInterceptors(FileInterceptor('picture', { limits: { fileSize: MAX_BYTES, files: 1 } }))
  upload(
    @UploadedFile(new ParseFilePipe({ validators: [new MaxFileSizeValidator({ maxSize: MAX_BYTES })] }))
    picture: Express.Multer.File,
  ) {
    const sha256 = createHash('sha256').update(picture.buffer).digest('hex');
    return { name: picture.originalname, bytes: picture.size, sha256 };
  }
}

@Module({ controllers: [PicturesController] })
export class PicturesModule {}
