interface Coverage {
  readonly seen: ReadonlyMap<string, number>;
  readonly documented: ReadonlySet<string>;
}

export const COVERAGE_FOLDER: string;
export function readCoverage(folder?: string): Coverage;
export function neverSeen(coverage: Coverage): string[];
