// Reports each file below a folder that is written, created, replaced or deleted.
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/** Calls `changed` with the path of each such file, also several times for one change. */
export function watchFiles(folder, changed) {
  if (process.platform === 'linux') watchEach(folder, changed);
  else watch(folder, { recursive: true }, (_, name) => changed(join(folder, name)));
}

/**
 * Each folder has its own watcher. Node's recursive one watches the files themselves on Linux (24.21), and so loses a
 * file that an editor replaces by another one of the same name.
 */
function watchEach(root, changed) {
  const watched = new Map(); // what ends the watching of a folder
  add(root, false);

  function add(folder, isNew) {
    const identity = identityOf(folder);
    if (identity === undefined || watched.has(folder)) return;
    const files = new Set();
    const see = (name, tell) => {
      const path = join(folder, name);
      if (statsOf(path)?.isDirectory()) return add(path, tell);
      files.add(path);
      if (tell) changed(path);
    };
    const watcher = watch(folder, (_, name) => {
      if (identityOf(folder) === identity) return see(name, true);
      // the folder was deleted or moved with all that is in it, and there may be another one in its place
      for (const [path, forget] of watched) if (`${path}/`.startsWith(`${folder}/`)) forget();
      add(folder, true);
    });
    watched.set(folder, () => {
      watcher.close();
      watched.delete(folder);
      files.forEach((path) => changed(path));
    });
    for (const name of readdirSync(folder)) see(name, isNew);
  }
}

/** Returns what no other folder has, even if it has the same path. Undefined if there is no folder that can be read. */
function identityOf(folder) {
  const found = statsOf(folder);
  return found?.isDirectory() ? `${found.ino} ${found.birthtimeMs}` : undefined;
}

function statsOf(path) {
  try {
    return statSync(path);
  } catch {
    return undefined; // deleted meanwhile, or a link to nowhere
  }
}
