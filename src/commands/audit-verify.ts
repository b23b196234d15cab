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
    throw new OperatorError(`The audit trail is broken after ${links} intact event(s): ${broken}`);
  }
  if (lost.length > 0) {
    const what = `no longer has an event with the hash ${lost.join()}`;
    throw new OperatorError(`The audit trail ${what}: its end was removed, or it was rewritten`);
  }
  return `The audit trail is intact: ${links} event(s), head ${heads.join() || 'none'}`;
});
