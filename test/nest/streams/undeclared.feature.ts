import { Controller, Get, Header, Module, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { ReturnsMedia } from '../../../src/kernel/http/returns.js';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

/** Streams that are still open. */
const open = new Set<unknown>();

function streamOf(chunks: Iterable<string | Buffer>): Readable {
  const stream = Readable.from(chunks);
  open.add(stream);
  return stream.once('close', () => open.delete(stream));
}

@Public()
@ApiTags('undeclared')
@Controller('undeclared')
class UndeclaredController {
  @Get('texts')
  @ApiOperation({ summary: 'Forgets the type of its stream.' })
  @ReturnsMedia({ 'text/csv': 'a;b' })
  texts() {
    return new StreamableFile(streamOf(['a;', 'b']));
  }

  @Get('bytes')
  @ApiOperation({ summary: 'Forgets the type of its stream of bytes.' })
  @ReturnsMedia({ 'text/csv': 'a;b' })
  bytes() {
    return new StreamableFile(streamOf([Buffer.from('a;b')]));
  }

  @Get('other')
  @ApiOperation({ summary: 'Has another type.' })
  @ReturnsMedia({ 'text/csv': 'a;b' })
  other() {
    return new StreamableFile(streamOf(['<p>']), { type: 'text/html' });
  }

  @Get('generated')
  @ApiOperation({ summary: 'Returns a generator.' })
  @ReturnsMedia({ 'text/csv': 'a;b' })
  generated() {
    return (async function* () {
      const token = {};
      open.add(token);
      try {
        yield* await Promise.resolve(['a;', 'b']);
      } finally {
        open.delete(token);
      }
    })() as unknown as StreamableFile;
  }

  @Get('declared')
  @ApiOperation({ summary: 'Has the declared type.' })
  @ReturnsMedia({ 'text/csv': 'a;b' })
  declared() {
    return new StreamableFile(streamOf(['a;', 'b']), { type: 'text/csv; charset=utf-8' });
  }

  @Get('header')
  @ApiOperation({ summary: 'Has the declared type in a header.' })
  @Header('Content-Type', 'text/csv')
  @ReturnsMedia({ 'text/csv': 'a;b' })
  header() {
    return new StreamableFile(streamOf(['a;', 'b']));
  }
}

@Module({ controllers: [UndeclaredController] })
class UndeclaredModule {}

export default defineFeature({ module: UndeclaredModule, probe: open });
