// Compiles everything in a separate process. TypeScript takes 300 MB of memory, which the server should not keep.
import { join } from 'node:path';
import { CompileError, Compiler } from './compiler.mjs';

process.on('SIGUSR2', () => {}); // some tools signal all processes; the parent remembers it

try {
  await new Compiler(join(import.meta.dirname, '..')).compileAll();
} catch (error) {
  const isExplained = error instanceof CompileError || error.syscall !== undefined; // the system's errors name the file
  console.error(isExplained ? error.message : error);
  process.exit(1);
}
