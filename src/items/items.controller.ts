import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { CurrentUser, Public, Roles, UserRole, type Caller } from '../kernel/access/access.js';
import { clientUrl } from '../kernel/http/forwarded-prefix.js';
import { ResponseWithHeaders, created } from '../kernel/http/response-with-headers.js';
import { pageHeaders } from '../kernel/http/link-header.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { ItemCreate, ItemList, ItemListQuery, ItemPatch, ItemResponse } from './items.dto.js';
import { itemInUse, itemNotFound } from './items.errors.js';
import { ItemsService } from './items.service.js';

@Tag('items', 'The catalogue of items that can be ordered.')
@Controller('items')
export class ItemsController {
  constructor(private readonly items: ItemsService) {}

  /**
   * Lists the items of the catalogue. Unlike in other lists, the response is an object that has the rows in `items`.
   * Without `sort`, the oldest items come first.
   */
  @Public()
  @Get()
  @Returns(ItemList)
  async listItems(@Query() query: ItemListQuery, @Req() request: Request) {
    const { rows, info } = await this.items.list(query);
    const { skip, limit } = info;
    const body = { pagination: { skip, limit }, items: [...rows] };
    return new ResponseWithHeaders(body, pageHeaders(info, clientUrl(request)));
  }

  /** Shows an item. */
  @Public()
  @Get(':item_id')
  @Returns(ItemResponse, { errors: [itemNotFound] })
  getItem(@Param('item_id', new IdPipe(itemNotFound)) item_id: number) {
    return this.items.get(item_id);
  }

  /** Adds an item to the catalogue. */
  @Roles(UserRole.admin)
  @Post()
  @Returns(ItemResponse, {
    status: 201,
    headers: { Location: 'Path of the new item.' },
    links: {
      get: { operation: 'getItem', parameters: { item_id: '$response.body#/id' } },
      delete: { operation: 'deleteItem', parameters: { item_id: '$response.body#/id' } },
    },
  })
  async createItem(@CurrentUser() caller: Caller, @Body() body: ItemCreate) {
    const item = await this.items.create(caller, body);
    return created(item, `/items/${item.id}`);
  }

  /** Changes an item. Absent fields stay as they are. Null clears a field. */
  @Roles(UserRole.admin)
  @Patch(':item_id')
  @Returns(ItemResponse, { errors: [itemNotFound] })
  patchItem(
    @CurrentUser() caller: Caller,
    @Param('item_id', new IdPipe(itemNotFound)) item_id: number,
    @Body() patch: ItemPatch,
  ) {
    return this.items.patch(caller, item_id, patch);
  }

  /**
   * Replaces an item. All fields are replaced, including `stock`, which orders can change at any time. Therefore
   * `If-Match` is required: send the `ETag` of the version that you read. If `description` is absent, it is removed; if
   * `stock` is absent, it becomes 0.
   */
  @Roles(UserRole.admin)
  @Put(':item_id')
  @Returns(ItemResponse, { errors: [itemNotFound], requiresIfMatch: true })
  replaceItem(
    @CurrentUser() caller: Caller,
    @Param('item_id', new IdPipe(itemNotFound)) item_id: number,
    @Body() body: ItemCreate,
  ) {
    return this.items.patch(caller, item_id, { ...body, description: body.description ?? null });
  }

  /** Deletes an item that has no orders. An item with orders, even cancelled ones, cannot be deleted (409). */
  @Roles(UserRole.admin)
  @Delete(':item_id')
  @ReturnsNothing({ errors: [itemNotFound, itemInUse] })
  deleteItem(@CurrentUser() caller: Caller, @Param('item_id', new IdPipe(itemNotFound)) item_id: number) {
    return this.items.remove(caller, item_id);
  }
}
