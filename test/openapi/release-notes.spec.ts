import { unannounced } from './release-notes.js';

const contract = (version: string, ...paths: string[]) => ({
  info: { version },
  paths: Object.fromEntries(paths.map((path) => [path, { get: { operationId: path, responses: {} } }])),
});
const entry = (version: string, heading: string, text: string) =>
  `# Changelog\n\n## ${version}\n\n### ${heading}\n\n${text}\n\n## 0.0.1\n\n### Breaking\n\n- Something older.\n`;

const released = contract('0.1.0', '/items', '/orders');

it('a compatible change requires no announcement', () => {
  expect(unannounced(released, contract('0.1.0', '/items', '/orders', '/users'), '')).toEqual([]);
});

it('an unannounced breaking change is reported with the remedy', () => {
  expect(unannounced(released, contract('0.1.0', '/items'), '')).toEqual([
    'GET /orders: is gone',
    'Keep to the contract of 0.1.0, or set the version to 0.2.0 in package.json and list this in CHANGELOG.md, "## 0.2.0", "### Breaking"',
  ]);
});

it.each([
  ['0.1.0', '0.2.0'],
  ['0.1.0', '0.10.0'],
  ['0.9.3', '1.0.0'],
  ['1.4.2', '2.0.0'],
  ['1.4.2', '2.0.0-rc.1'],
])('the step from %s to %s may contain breaking changes', (from, to) => {
  const changelog = entry(to, 'Breaking', '- `GET /orders` is gone.');
  expect(unannounced(contract(from, '/orders'), contract(to), changelog)).toEqual([]);
});

it.each([
  ['0.1.0', '0.1.0'],
  ['0.1.0', '0.1.1'],
  ['1.4.2', '1.5.0'],
  ['1.4.2', '0.5.0'],
  ['0.2.0', '0.1.0'],
])('the step from %s to %s must not contain breaking changes', (from, to) => {
  const changelog = entry(to, 'Breaking', '- `GET /orders` is gone.');
  expect(unannounced(contract(from, '/orders'), contract(to), changelog)).not.toEqual([]);
});

it.each([
  ['no entry', ''],
  ['an entry for another version', entry('0.3.0', 'Breaking', '- `GET /orders` is gone.')],
  ['an entry with another heading', entry('0.2.0', 'Changed', '- `GET /orders` is gone.')],
  ['an empty entry', entry('0.2.0', 'Breaking', '')],
])('a breaking change in a raised version is reported if it has no matching changelog entry: %s', (_why, changelog) => {
  expect(unannounced(released, contract('0.2.0', '/items'), changelog)).toHaveLength(2);
});

it('the changelog heading of a version may contain a date', () => {
  const changelog = entry('[0.2.0] - 2026-01-31', 'Breaking', '- `GET /orders` is gone.');
  expect(unannounced(released, contract('0.2.0', '/items'), changelog)).toEqual([]);
});
