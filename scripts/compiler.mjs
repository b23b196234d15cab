// Compiles src/ into dist/. SWC compiles each file on its own, which takes a fraction of a second for all files.
// TypeScript compiles only the files that the plugins of nest-cli.json extend (DTOs, entities, controllers), because
// the plugins need types. `npm run typecheck` checks the types.
import { transform } from '@swc/core';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { SWC_OPTIONS } from './swc-options.mjs';

const FOR_PLUGINS = /\.(?:dto|entity|controller)\.ts$/;
const { ParseAll, ParseNone } = ts.JSDocParsingMode;

/** An error in a source file. The message has the diagnostics. */
export class CompileError extends Error {}

export class Compiler {
  constructor(root) {
    this.root = root;
    this.nest = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8'));
    this.require = createRequire(join(root, 'package.json'));
    this.readProject();
  }

  /** Empties dist/, compiles all sources and copies the assets. Throws a CompileError. */
  async compileAll() {
    const { options, fileNames } = this.project;
    rmSync(options.outDir, { recursive: true, force: true });
    await this.compile(fileNames);
    this.copyAssets();
  }

  /** Copies the files that are served as they are, and removes the copies of deleted ones. */
  copyAssets() {
    for (const folder of this.assetFolders()) {
      rmSync(this.outputOf(folder), { recursive: true, force: true });
      cpSync(folder, this.outputOf(folder), { recursive: true });
    }
  }

  /** Returns whether a file is an asset, and not a temporary file of an editor. */
  isAsset(file) {
    return !/^\.|~$/.test(basename(file)) && this.assetFolders().some((folder) => file.startsWith(`${folder}/`));
  }

  assetFolders() {
    const { sourceRoot, compilerOptions } = this.nest;
    return compilerOptions.assets.map(({ include }) => join(this.root, sourceRoot, include.replace(/\/\*\*\/\*$/, '')));
  }

  /** Compiles the given source files. Throws a CompileError. */
  async compile(files) {
    const [typed, plain] = [true, false].map((is) => files.filter((file) => FOR_PLUGINS.test(file) === is));
    await Promise.all(plain.map((file) => this.compileAlone(file)));
    if (typed.length > 0) this.compileTyped(typed);
  }

  async compileAlone(file) {
    const out = this.outputOf(file);
    const sourceFileName = relative(dirname(out), file);
    const source = readFileSync(file, 'utf8');
    const options = { ...SWC_OPTIONS, filename: file, sourceFileName, sourceMaps: true };
    const { code, map } = await transform(source, options).catch(({ message }) => {
      throw new CompileError(message);
    });
    const [script, mapFile] = [out.replace(/\.ts$/, '.js'), out.replace(/\.ts$/, '.js.map')];
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(script, `${code}//# sourceMappingURL=${mapFile.slice(dirname(out).length + 1)}\n`);
    writeFileSync(mapFile, map);
  }

  /** Reads all types in advance, to make the next compilation faster. */
  prepare() {
    const { options, fileNames } = this.project;
    const names = fileNames.filter((file) => FOR_PLUGINS.test(file));
    this.program = ts.createProgram(names, options, hostOf(options), this.program);
    this.program.getTypeChecker();
  }

  compileTyped(files) {
    this.prepare();
    const before = this.plugins().map(({ plugin, options: own }) => plugin.before(own, this.program));
    for (const source of files.map((file) => this.program.getSourceFile(file))) {
      const problems = this.program.getSyntacticDiagnostics(source);
      if (problems.length > 0) throw new CompileError(ts.formatDiagnostics(problems, PLACES));
      assertReadable(source);
      this.program.emit(source, undefined, undefined, false, { before });
    }
  }

  plugins() {
    this.loaded ??= this.nest.compilerOptions.plugins.map(({ name, options }) => {
      return { plugin: this.require(`${name}/plugin`), options };
    });
    return this.loaded;
  }

  /** Reads the compiler options and the list of sources. Throws a CompileError. */
  readProject() {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: throwProblem };
    const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(
      join(this.root, 'tsconfig.build.json'),
      {},
      host,
    );
    this.project = { options, fileNames: fileNames.filter((file) => !file.endsWith('.d.ts')) };
  }

  /** Returns where the output of a source or asset goes, with the extension of the source. */
  outputOf(file) {
    return join(this.project.options.outDir, relative(this.root, file));
  }
}

const PLACES = {
  getCurrentDirectory: ts.sys.getCurrentDirectory,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
};

/**
 * Throws a CompileError for a number like `-1_000` in a property's decorators or as its value. The swagger plugin fails to
 * read it, and omits the whole property.
 */
function assertReadable(source) {
  const visit = (node, isRead) => {
    if (
      isRead &&
      ts.isPrefixUnaryExpression(node) &&
      ts.isNumericLiteral(node.operand) &&
      Number.isNaN(Number(node.getText(source)))
    ) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const place = `${relative(process.cwd(), source.fileName)}:${line + 1}`;
      throw new CompileError(`${place}: write ${node.getText(source)} as a plain decimal number without separators`);
    }
    ts.forEachChild(node, (child) => visit(child, isRead || ts.isPropertyDeclaration(node)));
  };
  visit(source, false);
}

function throwProblem(problem) {
  throw new CompileError(ts.formatDiagnostics([problem], PLACES));
}

/**
 * Returns a compiler host that parses doc-comments of the sources, which become descriptions. It does not parse those
 * of packages, because that takes long.
 */
function hostOf(options) {
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target, ...rest) =>
    getSourceFile(
      name,
      { ...target, jsDocParsingMode: name.includes('/node_modules/') ? ParseNone : ParseAll },
      ...rest,
    );
  return host;
}
