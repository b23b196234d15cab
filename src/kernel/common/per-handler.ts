/**
 * Makes a function remember its result for each class and handler. Several classes may inherit a handler and declare
 * different things.
 */
export function perHandler<C extends object, T>(read: (controller: C, handler: object) => T) {
  const results = new WeakMap<object, WeakMap<object, T>>();
  return (controller: C, handler: object): T => {
    let ofController = results.get(controller);
    if (ofController === undefined) results.set(controller, (ofController = new WeakMap<object, T>()));
    let result = ofController.get(handler);
    if (result === undefined) ofController.set(handler, (result = read(controller, handler)));
    return result;
  };
}
