import { chain, type Rule } from '@angular-devkit/schematics';
import type { ClassDeclaration, MethodDeclaration } from 'ts-morph';
import { classDecorators, entityImports, entityProperty, enumDeclaration } from '../render/entity.ts';
import { withinBudget } from '../lib/budget.ts';
import { declaredOnce } from '../lib/declared-once.ts';
import { hiddenTarget } from '../lib/definition.ts';
import { parseField, type Field } from '../lib/fields.ts';
import { Edits, featureOf, importsAt, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { addColumn } from '../lib/migrations.ts';
import { addImports } from '../lib/import-edits.ts';
import { refuseInModels } from '../lib/own-parts.ts';
import { Sources, targetsOf } from '../lib/project.ts';
import { addRank } from '../lib/ranks.ts';
import { Refusal } from '../lib/refusal.ts';
import { addBeforeClass, addClassDecorator, addProperty, classOf } from '../lib/syntax.ts';
import { wordsOf, type Options } from '../resource/resource.ts';
import { placeInModels } from './models.ts';
import { placeErrors, placeInService, placeTrail } from './operations.ts';
import { placeInTests } from './tests.ts';

/** Adds a field to a resource. Throws a Refusal before anything is changed. */
export function field(options: Options): Rule {
  return (tree, context) => {
    const former = tree.branch();
    const sources = new Sources(tree);
    const [name, text, ...others] = wordsOf(options);
    const feature = featureOf(name, sources);
    if (text === undefined || others.length > 0)
      throw new Refusal(`Give exactly one field, for example: npm run generate -- field ${name} 'note:text?'`);
    const added = parseField(text, targetsOf(sources));
    refuseUnfit(added, feature, sources);
    const edits = new Edits(sources);
    place(added, feature, edits);
    if (added.target) addRank(sources, feature.names.path, [added.target.folder]);
    addColumn(tree, feature.names, added);
    for (const sentence of edits.notPlaced) context.logger.warn(`Not placed: ${sentence}`);
    return chain([declaredOnce(), formatted(), withinBudget(former)]);
  };
}

function refuseUnfit(added: Field, feature: Feature, sources: Sources): void {
  const { names, entity } = feature;
  const { name, nullable, fallback, kind, unique, min, target } = added;
  const declared = sources.file(entity).getClassOrThrow(names.Class);
  const taken = [name, ...(target ? [name.replace(/_id$/, '')] : [])].find((one) => declared.getInstanceMember(one));
  if (taken !== undefined) throw new Refusal(`${names.file} already has a field ${taken}`);
  refuseInModels(name, feature, sources);
  const isFilled = nullable || fallback !== undefined || kind === 'map' || (kind === 'list' && min === 0);
  if (!isFilled || (unique && !nullable))
    throw new Refusal(`${name}: existing rows need a value: add ? or a default, such as ${name}:…=0`);
  if (target && target.notFound === undefined)
    throw new Refusal(`${name}: ${target.folder} has no error for a missing row`);
  if (target?.owned === true && !isWrittenByAdmins(feature, sources)) throw hiddenTarget(name, target);
}

/** Returns whether the operations that take a body of the feature are known, and only for admins. */
function isWrittenByAdmins({ controller, names }: Feature, sources: Sources): boolean {
  if (!sources.tree.exists(controller)) return false;
  const methods = sources
    .file(controller)
    .getClasses()
    .flatMap((one) => one.getMethods().map((method) => ({ method, of: one })));
  const taking = (kind: string) =>
    methods.filter(({ method }) =>
      method.getParameters().some((given) => given.getTypeNode()?.getText() === names.Class + kind),
    );
  const creating = taking('Create');
  return creating.length > 0 && [...creating, ...taking('Patch')].every(({ method, of }) => isForAdmins(method, of));
}

/** Returns whether only admins may call a handler. Its own rule about roles replaces that of its controller. */
function isForAdmins(method: MethodDeclaration, of: ClassDeclaration): boolean {
  const roles = method.getDecorator('Roles');
  if (!roles && (method.getDecorator('SignedIn') ?? method.getDecorator('Public'))) return false;
  return (roles ?? of.getDecorator('Roles'))?.getText() === '@Roles(UserRole.admin)';
}

function place(added: Field, feature: Feature, edits: Edits): void {
  const { names } = feature;
  edits.change(feature.entity, (file) => {
    classOf(file, names.Class);
    addImports(file, importsAt(feature.entity, entityImports([added], names, []), feature));
    addProperty(file, names.Class, entityProperty(added, names, false));
    for (const text of classDecorators(added, names)) addClassDecorator(file, names.Class, text);
    if (added.choices.length > 0) addBeforeClass(file, names.Class, enumDeclaration(added, names));
  });
  const isInModels = placeInModels(added, feature, edits);
  placeTrail(added, feature, edits);
  const isStored = placeInService(added, feature, edits);
  const isRefused = placeErrors(added, feature, edits);
  placeInTests(added, feature, edits, { isInModels, isStored, isRefused });
}
