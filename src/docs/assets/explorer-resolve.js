/**
 * Resolves the references of an operation in a document of its own path and the components that it refers to. Swagger
 * UI goes through the whole document each time an operation is opened, which then takes 2.5 times as long (5.35.0).
 */
export const resolvePlugin = ({ fn: { resolveSubtree } }) => ({
  fn: {
    resolveSubtree: (document, path, options) => {
      const [part, name] = path;
      const paths = part === 'paths' ? { [name]: document.paths[name] } : {};
      const components = { securitySchemes: document.components.securitySchemes };
      addReferences(paths, document.components, components);
      return resolveSubtree({ ...document, paths, components }, path, options);
    },
  },
});

/** Puts into `found` the components that a part of the document refers to, and those that they refer to. */
function addReferences(part, components, found) {
  if (part === null || typeof part !== 'object') return;
  const [, kind, name] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(part.$ref) ?? [];
  if (kind && found[kind]?.[name] === undefined) {
    found[kind] = { ...found[kind], [name]: components[kind][name] };
    addReferences(components[kind][name], components, found);
  }
  for (const value of Object.values(part)) addReferences(value, components, found);
}
