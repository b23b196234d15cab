import { query } from '../support/database.js';

/** A node of a query plan, as PostgreSQL reports it after the statement. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Node[];
}

/** How PostgreSQL executed a statement. */
export class Plan {
  private constructor(
    readonly statement: string,
    private readonly root: Node,
  ) {}

  /** Returns the plans in PostgreSQL's notices, including those of nested statements for foreign keys. */
  static among(notices: readonly string[]): Plan[] {
    return notices.flatMap((notice) => {
      const json = /plan:\n(.*)$/s.exec(notice)?.[1];
      if (json === undefined) return [];
      const { 'Query Text': text, Plan: root } = JSON.parse(json) as { 'Query Text': string; Plan: Node };
      return [new Plan(text, root)];
    });
  }

  /** The tables that were read from end to end. */
  get sequential(): string[] {
    return this.nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? '');
  }

  get indexes(): string[] {
    return this.nodes.flatMap((node) => node['Index Name'] ?? []);
  }

  /** Rows and index entries that were read, including those that did not match. */
  get rowsRead(): number {
    const scans = this.nodes.filter((node) => 'Relation Name' in node || 'Index Name' in node);
    return sum(scans.map((node) => (node['Actual Rows'] + removed(node)) * node['Actual Loops']));
  }

  /** The number of index descents from the root. */
  get descents(): number {
    return sum(this.nodes.map((node) => ('Index Name' in node ? node['Actual Loops'] : 0)));
  }

  /** The number of pages of tables and indexes that were read. */
  get pagesRead(): number {
    return this.root['Shared Hit Blocks'] + this.root['Shared Read Blocks'];
  }

  private get nodes(): Node[] {
    return flat(this.root);
  }
}

const flat = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flat)];
const removed = (node: Node) => (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Makes PostgreSQL send every plan as a notice to the client, on new connections to this file's database. */
export async function tellPlans(): Promise<void> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_buffers': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  };
  await query(`load 'auto_explain'`);
  for (const [name, value] of Object.entries(settings)) {
    await query(
      `do $$ begin execute format('alter database %I set ${name} = ''${value}''', current_database()); end $$`,
    );
  }
}
