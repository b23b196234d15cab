import { verifyTrail } from '../audit/verify.js';
import { requireSchema, withDataSource } from '../kernel/database/migrate.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run audit:verify [-- --head HASH[,HASH …]]',
  about: 'Checks that nothing of the audit trail was changed, and prints its head.',
  positionals: [],
  options: {
    head: {
      about: 'checks that what had these heads is still there, too',
      value: 'HASH[,HASH …]',
      pattern: /^[\da-f]{64}(,[\da-f]{64})*$/i,
    },
  },
} as const;

await run(USAGE, async (config, { options: { head = '' } }) => {
  await requireSchema(config);
  const anchors = head.toLowerCase().split(',').filter(Boolean);
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
