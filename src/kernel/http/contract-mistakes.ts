import { DECORATORS } from '@nestjs/swagger';
import { hasAccessRule } from '../access/access.js';
import { isEntity, relationWithoutVersion, versionedEntity } from '../database/versioned.js';
import { modelSchemas, ModelRegistry, reachableModels } from '../schema/model-schema.js';
import { assertModel, type Type } from '../validation/validate.js';
import { bodyModels, modelsOf, type Contract } from './contract.js';
import { readContract } from './contract-reader.js';
import { inFileOf } from './declaration-error.js';
import type { Controller } from './handlers.js';
import type { OperationIds } from './operation-ids.js';
import { assertWritable } from './writable-models.js';

/** What is declared wrong, each thing once with its file and the remedy, however many handlers it concerns. */
export class ContractMistakes {
  readonly sentences = new Set<string>();
  private readonly names = new ModelRegistry();
  private readonly writable = new Set<object>();

  constructor(private readonly operationIds: OperationIds) {}

  /** The contract of a documented handler; undefined where it cannot be read. Notes what is wrong with it. */
  read(controller: Controller, name: string, handler: object): Contract | undefined {
    const full = `${controller.name}.${name}`;
    const tell = (what: string) => this.sentences.add(`${full} ${what}${inFileOf(controller.name)}`);
    const contract = attempt(
      () => readContract(controller, name, handler, this.operationIds.of(controller, name)),
      tell,
    );
    if (contract) attempt(() => this.lookAt(contract, tell), tell);
    const clash = this.operationIds.clashOf(controller, name);
    if (clash !== undefined) tell(clash);
    if (!hasAccessRule(handler, controller))
      tell(`has no access rule: say who may call ${full} (@Public, @SignedIn, @Roles)`);
    if (!isDescribed(handler)) tell('has no description: write a doc-comment of one sentence or more above it');
    return contract;
  }

  private lookAt(contract: Contract, tell: (what: string) => void): void {
    const { model, many } = contract.returns;
    for (const input of contract.inputs)
      if ('model' in input) modelsOf(input).forEach((one) => attempt(() => assertModel(one), this.tellOfModel));
    if (model && isEntity(model)) {
      tell(
        `answers ${model.name}, an entity, which is no response model: declare a class of what may be shown of it in a *.dto.ts file, and give that to @Returns`,
      );
    } else if (model) this.lookAtResponse(model, many);
    this.names.add(namedModels(contract).filter((one) => !isEntity(one)));
  }

  private lookAtResponse(model: Type<object>, many: boolean): void {
    const entity = [...reachableModels([model]).values()].find(isEntity);
    if (entity) {
      this.tellOfModel(
        `${model.name} shows ${entity.name}, an entity, which is no response model: declare a class of what may be shown of it in a *.dto.ts file`,
      );
      return;
    }
    attempt(() => {
      assertWritable(model, this.writable);
      if (!many) assertCounted(model);
    }, this.tellOfModel);
  }

  /** What is wrong with a model is so in its own file. The sentence begins with its name. */
  private readonly tellOfModel = (what: string): void => {
    this.sentences.add(what + inFileOf(/^\w*/.exec(what)![0]));
  };
}

function attempt<T>(work: () => T, tell: (what: string) => unknown): T | undefined {
  try {
    return work();
  } catch (error) {
    tell((error as Error).message);
    return undefined;
  }
}

function isDescribed(handler: object): boolean {
  const said = Reflect.getMetadata(DECORATORS.API_OPERATION, handler) as { summary?: string } | undefined;
  return (said?.summary ?? '').trim() !== '';
}

/** Throws an Error for a model that shows, under the version of one row, rows that it does not count the changes of. */
function assertCounted(model: Type<object>): void {
  const entity = versionedEntity(model);
  if (entity === undefined) return;
  const relation = relationWithoutVersion(entity, modelSchemas([model], 'response')[model.name]!.properties ?? {});
  if (relation === undefined) return;
  throw new Error(
    `${model.name}.${relation} shows other rows by a relation of ${entity.name}, whose version does not count their changes, so that the entity tag would be false: leave it out, give it a route of its own, or drop @Versioned(${entity.name})`,
  );
}

/** The models that the document shows by their names: those of path and query it shows parameter by parameter. */
function namedModels(contract: Contract): Type<object>[] {
  return [...bodyModels(contract), contract.returns.model].filter((model) => model !== undefined);
}
