import { DECORATORS } from '@nestjs/swagger';
import { documentedHandlersOf, type Controller } from './handlers.js';

// Gives the operations of the document their operationIds.

/** Names that Nest's generator gives to the handlers of every resource. */
const GENERATED = /^(?:create|findAll|findOne|update|remove)$/;

interface Named {
  readonly controller: Controller;
  readonly handler: string;
  /** Whether the id comes from `@ApiOperation`. */
  readonly isExplicit: boolean;
  readonly id: string;
}

/**
 * The unique ids of the documented operations: from `@ApiOperation`, or the handler's name, with that of its controller
 * if the name is a generated one or not unique: `findAllSuppliers`.
 */
export class OperationIds {
  private readonly named: readonly Named[];

  constructor(controllers: readonly Controller[]) {
    const short = controllers.flatMap((controller) =>
      documentedHandlersOf(controller).map(([name, handler]) => named(controller, name, handler)),
    );
    const uses = Map.groupBy(short, ({ id }) => id);
    this.named = short.map(({ controller, handler, isExplicit, id }) => {
      const isLong = !isExplicit && uses.get(id)!.length > 1;
      return { controller, handler, isExplicit, id: isLong ? longName(controller, handler) : id };
    });
  }

  of(controller: Controller, handler: string): string {
    return this.find(controller, handler)!.id;
  }

  /** Returns the id by the names of class and handler, for the `operationIdFactory` of @nestjs/swagger. */
  nameIn(className: string, handler: string): string {
    const found = this.named.find(
      (one) => !one.isExplicit && one.controller.name === className && one.handler === handler,
    );
    return found?.id ?? handler;
  }

  /** Returns a message if another operation before has the same id. */
  clashOf(controller: Controller, handler: string): string | undefined {
    const own = this.find(controller, handler);
    const first = this.named.find(({ id }) => id === own?.id);
    if (own === undefined || first === undefined || first === own) return undefined;
    const other = `${first.controller.name}.${first.handler}`;
    const name = own.isExplicit ? own.id : handler;
    return `and ${other} have the same operation id, ${name}: set another for one of them with @ApiOperation({ operationId })`;
  }

  private find(controller: Controller, handler: string): Named | undefined {
    return this.named.find((one) => one.controller === controller && one.handler === handler);
  }
}

function named(controller: Controller, handler: string, method: object): Named {
  const operation = Reflect.getMetadata(DECORATORS.API_OPERATION, method) as { operationId?: string } | undefined;
  const id = operation?.operationId ?? shortName(controller, handler);
  return { controller, handler, isExplicit: operation?.operationId !== undefined, id };
}

const longName = (controller: Controller, name: string) => name + controller.name.replace(/Controller$/, '');

const shortName = (controller: Controller, name: string) => (GENERATED.test(name) ? longName(controller, name) : name);
