// A project may have resources with the paths of the features in test/nest and of the recipes. Express would use the
// routes of the resource, because it is registered first.
import 'reflect-metadata';

const PREFIX = 'moved-away';

/**
 * Returns a path under a prefix, for RouterModule, for each module of the application with a controller that has the path
 * of a controller in these features.
 */
export function movedAway(application, features) {
  const taken = new Set(features.flatMap((one) => modulesIn(one)).flatMap(pathsOf));
  const moved = modulesIn(application).filter((module) => pathsOf(module).some((path) => taken.has(path)));
  return [...new Set(moved.map(classOf))].map((module) => ({ path: PREFIX, module }));
}

const classOf = (module) => module.module ?? module;

/** Returns what a decorator and a dynamic module list under a name such as `imports`. */
const listed = (module, name) => [...(Reflect.getMetadata(name, classOf(module)) ?? []), ...(module[name] ?? [])];

/** Returns a module and all modules that it imports. */
function modulesIn(module, seen = new Set()) {
  if (seen.has(module)) return [];
  seen.add(module);
  const imported = listed(module, 'imports').filter((one) => typeof classOf(one) === 'function');
  return [module, ...imported.flatMap((one) => modulesIn(one, seen))];
}

/** Returns the paths of a module's controllers, without slashes at their ends. The path of all routes does not count. */
function pathsOf(module) {
  const paths = listed(module, 'controllers').flatMap((controller) => Reflect.getMetadata('path', controller));
  return paths.map((path) => String(path).replaceAll(/^\/|\/$/g, '')).filter((path) => path !== '');
}
