import { Controller, Get, Module, NotFoundException, Render, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ServeStaticModule } from '@nestjs/serve-static';
import type { Response } from 'express';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { of } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const folder = (name: string) => join(fileURLToPath(new URL('.', import.meta.url)), name);

type Done = (error: unknown, html?: string) => void;

/** A view engine for Express: replaces `{{name}}` with the model's `name`. */
async function mini(path: string, model: object, done: Done): Promise<void> {
  const template = await readFile(path, 'utf8');
  done(
    null,
    template.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => String(Reflect.get(model, name) ?? '')),
  );
}

@Public()
@ApiExcludeController()
@Controller('pages')
class PagesController {
  @Get('rendered')
  @Render('page')
  rendered() {
    return { title: 'Rendered' };
  }

  @Get('later')
  @Render('page')
  later() {
    return of({ title: 'Later' });
  }

  @Get('dynamic')
  dynamic(@Res() response: Response) {
    response.render('page', { title: 'Dynamic' });
  }

  @Get('failing')
  @Render('page')
  failing() {
    throw new NotFoundException('No page');
  }

  @Get('absent')
  @Render('no-such-view')
  absent() {
    return {};
  }
}

@Module({
  imports: [ServeStaticModule.forRoot({ rootPath: folder('public'), serveRoot: '/served', renderPath: '/never' })],
  controllers: [PagesController],
})
class MvcModule {}

export default defineFeature({
  module: MvcModule,
  configure: (app) => {
    app.useStaticAssets(folder('public'), { prefix: '/assets/', maxAge: 60_000 });
    app.useStaticAssets(folder('public'));
    app.setBaseViewsDir(folder('views'));
    app.engine('mini', (path: string, model: object, done: Done) => void mini(path, model, done));
    app.setViewEngine('mini');
    app.setLocal('shared', 'of all pages');
    app.set('query parser', 'extended');
  },
});
