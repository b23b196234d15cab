/**
 * How the build, the tests and the mutation tests compile TypeScript. The options are the same, so that a mutant
 * differs only in its mutation.
 */
export const SWC_OPTIONS = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};
