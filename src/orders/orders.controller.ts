import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { itemNotFound } from '../items/items.errors.js';
import { CurrentUser, Roles, SignedIn, UserRole, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { Returns } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { OrderCreate, OrderListQuery, OrderResponse } from './orders.dto.js';
import { orderNotFound, outOfStock, wrongState } from './orders.errors.js';
import { OrdersService } from './orders.service.js';

const ORDER_ID = { order_id: '$response.body#/id' };

@Tag('orders', 'Orders of items: place, pay, ship and cancel them.')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /**
   * Places an order. The stock is reduced in the same transaction. If there are not enough pieces in stock, nothing is
   * ordered and the response is a 409. You get a confirmation by mail.
   */
  @SignedIn()
  @Post()
  @Returns(OrderResponse, {
    status: 201,
    errors: [itemNotFound, outOfStock],
    headers: { Location: 'Path of the new order.' },
    links: {
      get: { operation: 'getOrder', parameters: ORDER_ID },
      pay: { operation: 'payOrder', parameters: ORDER_ID },
      ship: { operation: 'shipOrder', parameters: ORDER_ID },
      cancel: { operation: 'cancelOrder', parameters: ORDER_ID },
    },
  })
  async placeOrder(@CurrentUser() caller: Caller, @Body() body: OrderCreate) {
    const order = await this.orders.place(caller, body);
    return created(order, `/orders/${order.id}`);
  }

  /** Lists your orders. Admins get the orders of all users. Without `sort`, the oldest orders come first. */
  @SignedIn()
  @Get()
  @Returns([OrderResponse])
  listOrders(@CurrentUser() caller: Caller, @Query() query: OrderListQuery) {
    return this.orders.list(caller, query);
  }

  /** Shows one of your orders. Admins can see every order. */
  @SignedIn()
  @Get(':order_id')
  @Returns(OrderResponse, { errors: [orderNotFound] })
  getOrder(@CurrentUser() caller: Caller, @Param('order_id', new IdPipe(orderNotFound)) order_id: number) {
    return this.orders.get(caller, order_id);
  }

  /**
   * Marks a new order as paid. The order must be `new`; otherwise, the response is a 409. Users can pay their own
   * orders, admins every order.
   */
  @SignedIn()
  @Post(':order_id/payment')
  @Returns(OrderResponse, { errors: [orderNotFound, wrongState] })
  payOrder(@CurrentUser() caller: Caller, @Param('order_id', new IdPipe(orderNotFound)) order_id: number) {
    return this.orders.move(caller, order_id, 'paid');
  }

  /** Marks a paid order as sent. The order must be `paid`; otherwise, the response is a 409. */
  @Roles(UserRole.admin)
  @Post(':order_id/shipment')
  @Returns(OrderResponse, { errors: [orderNotFound, wrongState] })
  shipOrder(@CurrentUser() caller: Caller, @Param('order_id', new IdPipe(orderNotFound)) order_id: number) {
    return this.orders.move(caller, order_id, 'sent');
  }

  /**
   * Cancels an order that has not been sent. The order must be `new` or `paid`; otherwise, the response is a 409. The
   * pieces go back into stock. Users can cancel their own orders, admins every order.
   */
  @SignedIn()
  @Post(':order_id/cancellation')
  @Returns(OrderResponse, { errors: [orderNotFound, wrongState] })
  cancelOrder(@CurrentUser() caller: Caller, @Param('order_id', new IdPipe(orderNotFound)) order_id: number) {
    return this.orders.move(caller, order_id, 'cancelled');
  }
}
