// autocannon is in the folder of tools, because few people need it. It is loaded when it is used, so --help needs no
// tools.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { resolve } = createRequire(new URL('../tools/package.json', import.meta.url));

/** Sends requests and returns the results. */
export async function autocannon(options) {
  const { default: send } = await import(pathToFileURL(autocannonFile()));
  return send(options);
}

/** Returns the path of the program. Ends the process with code 1 if it is not installed. */
export function autocannonFile() {
  try {
    return resolve('autocannon');
  } catch {
    console.error('autocannon is not installed: run "npm run tools"');
    process.exit(1);
  }
}
