import { join } from 'node:path';
import ts from 'typescript';

const CLIENT = join(import.meta.dirname, '../../client');

/** Returns the compiler's errors in programs that use the built client, for each program. */
export function complaintsAbout(programs: readonly string[]): string[][] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(CLIENT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    CLIENT,
  );
  const texts = new Map(programs.map((text, i) => [join(CLIENT, `program-${i}.ts`), PREAMBLE + text]));
  const compilerOptions = { ...options, rootDir: CLIENT, noEmit: true, skipLibCheck: true };
  const host = ts.createCompilerHost(compilerOptions);
  const real = { ...host };
  host.fileExists = (path) => texts.has(path) || real.fileExists(path);
  host.readFile = (path) => texts.get(path) ?? real.readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? real.getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], compilerOptions, host);
  return [...texts.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
  );
}

const PREAMBLE = `
  import { createClient, type ClientError, type OrderResponse } from './dist/index.js';
  const client = createClient({ baseUrl: 'http://127.0.0.1:8000' });
`;
