import { Node, SyntaxKind } from 'ts-morph';

/** The methods whose text arguments are SQL. */
const TAKES_SQL = /(?:where|having|orderBy|groupBy|select|query|(?:left|inner)Join\w*)$/i;
/** The start of a statement, which may be in a variable. It may have comments above, and line breaks between words. */
const STATEMENT =
  /^(?:\s|--[^\n]*\n)*(?:select\s.*\sfrom|insert\s+into|update\s+(?:only\s+)?["\w.]+\s.*set|delete\s+from|with\s+(?:recursive\s+)?\w+.*\sas)\b/is;

/** Returns the SQL of a text without its own literals, or an empty text if it is not SQL. */
export function sqlOf(node: Node, called: string): string {
  if (!Node.isStringLiteral(node) && !Node.isNoSubstitutionTemplateLiteral(node) && !Node.isTemplateExpression(node))
    return '';
  const text = Node.isTemplateExpression(node) ? node.getText().slice(1, -1) : node.getLiteralValue();
  const sql = text.replaceAll(/'[^']*'/g, '');
  const tag = node.getParentIfKind(SyntaxKind.TaggedTemplateExpression)?.getTag().getText() ?? '';
  return /sql$/i.test(tag) || TAKES_SQL.test(called) || STATEMENT.test(sql) ? sql : '';
}

/** Returns whether SQL has a name that is not the parameter `:name`. A cast such as `'7'::name` does not count, either. */
export const hasName = (sql: string, name: string) => new RegExp(`(?<![:\\w])${name}\\b`).test(sql);
