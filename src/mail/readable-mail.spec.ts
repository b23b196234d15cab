import { readableMail } from './readable-mail.js';

const message = {
  from: 'Aerie <no-reply@aerie.example>',
  to: { name: '', address: 'jörg@example.com' },
  subject: 'Reset your password',
  date: new Date('2026-03-01T09:30:00Z'),
};

it('a mail is readable as plain text, with its link on one line', () => {
  const link = `http://127.0.0.1:8000/reset-password#token=${'a1=B'.repeat(20)}`;
  expect(readableMail({ ...message, text: `Hello Jörg,\n\nSet a new password:\n${link}\n` })).toBe(
    [
      'From: Aerie <no-reply@aerie.example>',
      'To: jörg@example.com',
      'Subject: Reset your password',
      'Date: Sun, 01 Mar 2026 09:30:00 GMT',
      '',
      'Hello Jörg,',
      '',
      'Set a new password:',
      link,
      '',
    ].join('\n'),
  );
});

it('a readable mail has no control characters, which a terminal would execute', () => {
  const text = readableMail({ ...message, text: 'Hello \u001B[2JAnn\u009B,\r\n\tbye\u0000' });
  expect(text.split('\n\n')[1]).toBe('Hello  [2JAnn , \n\tbye ');
});
