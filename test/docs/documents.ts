import { readdirSync, readFileSync } from 'node:fs';

/** A document for readers, with its path from the root of the project. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a document: its language, its text, and the answer below it, if any. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly answer: string | undefined;
  /** The last line before the block, for example the name of the file that it shows. */
  readonly introduction: string;
}

/** Returns the README and the documents of docs/, in the order in which their commands run. */
export function documents(): Document[] {
  const inDocs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const paths = ['README.md', ...inDocs.toSorted().map((name) => `docs/${name}`)];
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

export function blocksOf({ text }: Document): Block[] {
  const found = text.matchAll(/(.*)\n+```(\w*)\n([^]*?)```\n(?:\s*```answer\n([^]*?)```)?/g);
  return [...found]
    .map(([, introduction, language, content, answer]) => ({
      introduction: introduction!,
      language: language!,
      text: content!,
      answer,
    }))
    .filter(({ language }) => language !== 'answer');
}
