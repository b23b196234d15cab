// Compiles everything in a separate process. TypeScript takes 300 MB of memory, which the server should not keep.
import { join } from 'node:path';
import { CompileError, Compiler } from './compiler.mjs';

try {
  await new Compiler(join(import.meta.dirname, '..')).compileAll();
} catch (error) {
  console.error(error instanceof CompileError ? error.message : error);
  process.exit(1);
}
