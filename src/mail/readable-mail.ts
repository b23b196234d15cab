/** The parts of a mail that a person reads. */
export interface Message {
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
}

/** Control characters except tabs and line feeds. A terminal that shows the file would execute them. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

/** Returns a mail as plain text without any encoding: its links can be copied and opened. */
export function readableMail({ from, to, subject, date, text }: Message): string {
  const head = [`From: ${from}`, `To: ${to.address}`, `Subject: ${subject}`, `Date: ${date.toUTCString()}`];
  return `${head.join('\n')}\n\n${text.replaceAll(CONTROL, ' ')}`;
}
