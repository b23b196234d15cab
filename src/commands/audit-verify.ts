import { verifyTrail } from '../audit/verify.js';
import { withDataSource } from '../kernel/database/migrate.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { run } from './run.js';

const USAGE = 'npm run audit:verify [-- --head HASH[,HASH …]]';
const HASHES = /^[\da-f]{64}(,[\da-f]{64})*$/i;

await run(USAGE, 0, async (config, [option, given = '']) => {
  if (option !== undefined && (option !== '--head' || !HASHES.test(given))) throw new OperatorError(`Usage: ${USAGE}`);
  const anchors = given.toLowerCase().split(',').filter(Boolean);
  const verdict = await withDataSource(config, ({ manager }) => verifyTrail(manager, anchors));
  const { links, heads, broken, lost } = verdict;
  if (broken !== undefined) {
    throw new OperatorError(`The audit trail is broken behind ${links} event(s) that are whole: ${broken}`);
  }
  if (lost.length > 0) {
    const what = `has no link any more with the hash ${lost.join()}`;
    throw new OperatorError(`The audit trail ${what}: its end was cut off, or it was written anew`);
  }
  return `The audit trail is whole: ${links} event(s), head ${heads.join() || 'none'}`;
});
