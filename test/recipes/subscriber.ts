import { Body, Controller, Injectable, Module, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Length } from 'class-validator';
import { Column, DataSource, Entity, EventSubscriber, PrimaryColumn, Repository } from 'typeorm';
import type { EntitySubscriberInterface, InsertEvent } from 'typeorm';
import { Public } from '../../src/kernel/access/access.js';

@Entity('articles')
class Article {
  @Column('text') title!: string;
  @PrimaryColumn('text') slug!: string;
}

@Injectable()
@EventSubscriber()
class Slugs implements EntitySubscriberInterface<Article> {
  constructor(source: DataSource) {
    source.subscribers.push(this);
  }

  listenTo() {
    return Article;
  }

  beforeInsert({ entity }: InsertEvent<Article>): void {
    entity.slug = entity.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  }
}

class NewArticle {
  @Length(1, 200) title!: string;
}

@ApiExcludeController()
@Controller('articles')
class ArticlesController {
  constructor(@InjectRepository(Article) private readonly articles: Repository<Article>) {}

  @Public()
  @Post()
  create(@Body() { title }: NewArticle): Promise<Article> {
    return this.articles.save(this.articles.create({ title }));
  }
}

@Module({ imports: [TypeOrmModule.forFeature([Article])], controllers: [ArticlesController], providers: [Slugs] })
export class ArticlesModule {}
