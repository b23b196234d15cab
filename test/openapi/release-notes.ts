import { breakingChanges } from '../support/openapi-diff.js';
import { nodeOf, type Node } from '../support/schema-forms.js';

/**
 * Returns the breaking changes since the released document that are not announced, with the steps to announce them.
 * They are announced by a raised major version (before 1.0 a minor) and an entry under "Breaking" in the changelog.
 */
export function unannounced(released: Node, current: Node, changelog: string): string[] {
  const broken = breakingChanges(released, current);
  const [from, to] = [versionOf(released), versionOf(current)];
  if (broken.length === 0 || (isRaised(from, to) && hasBreakingEntry(changelog, to))) return [];
  const next = isRaised(from, to) ? to : nextOf(from);
  const advice = `Keep to the contract of ${from}, or set the version to ${next} in package.json and list this in CHANGELOG.md, "## ${next}", "### Breaking"`;
  return [...broken, advice];
}

const versionOf = (document: Node) => String(nodeOf(document['info'])['version']);
const partsOf = (version: string) => version.split(/[.+-]/).slice(0, 3).map(Number) as [number, number, number];

function isRaised(from: string, to: string): boolean {
  const [[major, minor], [toMajor, toMinor]] = [partsOf(from), partsOf(to)];
  return toMajor > major || (major === 0 && toMajor === 0 && toMinor > minor);
}

function nextOf(version: string): string {
  const [major, minor] = partsOf(version);
  return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
}

/** Returns whether the section "## 1.2.3" or "## [1.2.3] - 2026-01-31" has a text under "### Breaking". */
function hasBreakingEntry(changelog: string, version: string): boolean {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\[?([^\]\s]+)/.exec(text)?.[1] === version);
  const entry = section?.split(/^### /m).find((text) => /^Breaking\b/.test(text));
  return entry !== undefined && entry.split('\n').slice(1).join('').trim() !== '';
}
