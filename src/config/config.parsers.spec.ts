import { currency, flag, integer, list, oneOf, sender, url, webAddress } from './config.parsers.js';

describe('integer', () => {
  const parse = integer(1, 10);

  it('accepts numbers within its bounds', () => {
    expect([parse('1'), parse('10'), parse('007')]).toEqual([{ value: 1 }, { value: 10 }, { value: 7 }]);
  });

  it.each(['0', '11', '', 'one', '1 0', '5.0', '+5', '١'])('refuses %j', (raw) => {
    expect(parse(raw)).toEqual({ problem: 'must be a whole number from 1 to 10' });
  });
});

describe('oneOf', () => {
  it('accepts exactly the listed words', () => {
    expect(oneOf('a', 'b')('b')).toEqual({ value: 'b' });
    expect(oneOf('a', 'b')('A')).toEqual({ problem: 'must be one of a, b' });
  });
});

describe('currency', () => {
  it('accepts only currencies with two decimal places', () => {
    for (const code of ['USD', 'EUR', 'CHF']) expect(currency(code)).toEqual({ value: code });
    for (const code of ['JPY', 'KWD']) {
      expect(currency(code)).toEqual({ problem: 'must be a currency with two decimal places' });
    }
  });

  it.each(['usd', '$', 'US dollars', 'XYZ', ''])('refuses %j', (raw) => {
    expect(currency(raw)).toEqual({ problem: 'must be a currency code of ISO 4217, such as USD or EUR' });
  });
});

describe('sender', () => {
  it.each(['a@example.com', 'Grüße <a@münchen.example>', '"Aerie, Inc" <a@example.com>', 'a@localhost'])(
    'accepts one address: %s',
    (raw) => {
      expect(sender(raw)).toEqual({ value: raw });
    },
  );

  it.each(['Aerie', 'a@', '@example.com', 'a@b@c', 'A <>', 'A <a@example.com>, b@example.com', 'Team: a@b, c@d;'])(
    'refuses %j',
    (raw) => {
      expect(sender(raw)).toEqual({ problem: 'must be one e-mail address, such as Aerie <no-reply@example.com>' });
    },
  );
});

describe('flag', () => {
  it('accepts only the usual words for true and false', () => {
    for (const raw of ['true', 'TRUE', '1', 'yes', 'on']) expect(flag(raw)).toEqual({ value: true });
    for (const raw of ['false', 'False', '0', 'no', 'off']) expect(flag(raw)).toEqual({ value: false });
    expect(flag('maybe')).toEqual({ problem: 'must be true or false' });
  });
});

describe('url', () => {
  it('accepts a URL with an allowed scheme, and returns it unchanged', () => {
    const parse = url('postgres:', 'postgresql:');
    expect(parse('postgres://u:p@host:1/db?sslmode=require')).toEqual({
      value: 'postgres://u:p@host:1/db?sslmode=require',
    });
    expect(parse('mysql://host')).toEqual({ problem: 'must begin with postgres:// or postgresql://' });
    expect(parse('host:5432')).toEqual({ problem: 'must begin with postgres:// or postgresql://' });
  });

  it.each(['smtp://ann:hu#sh@mail', 'smtp://ann:12#hush@mail', 'smtp://ann:hu/sh@mail', 'smtp://ann:12?hush@mail'])(
    'names the characters to escape in %s, without showing the password',
    (raw) => {
      const problem = 'has a / ? # @ or % that is not escaped: in a user name or password write %2F %3F %23 %40 %25';
      expect(url('smtp:', 'smtps:')(raw)).toEqual({ problem });
    },
  );

  it.each(['smtp://a@b.example:100%@mail:587', 'smtp://ann:p%e9x@mail', 'smtp://mail?name=a@b'])(
    'accepts unescaped characters that the mailer understands: %s',
    (raw) => {
      expect(url('smtp:', 'smtps:')(raw)).toEqual({ value: raw });
    },
  );

  it('reports an invalid port, and accepts an IPv6 address with a port', () => {
    expect(url('redis:')('redis://cache:abc')).toEqual({ problem: 'has a host or port that cannot be read' });
    expect(url('redis:')('redis://:p%40ss@[::1]:6379/0')).toEqual({ value: 'redis://:p%40ss@[::1]:6379/0' });
  });

  it('accepts http and https URLs only as bare origins', () => {
    const parse = url('http:', 'https:');
    expect(parse('http://localhost:3000')).toEqual({ value: 'http://localhost:3000' });
    const problem = 'must be origins such as https://example.com, without a path';
    for (const raw of ['https://a.com/', 'https://a.com:443', 'https://u@a.com', 'https://A.com']) {
      expect(parse(raw)).toEqual({ problem });
    }
  });
});

describe('webAddress', () => {
  it('accepts a web address with a path, and removes trailing slashes', () => {
    expect(webAddress('http://localhost:3000')).toEqual({ value: 'http://localhost:3000' });
    expect(webAddress('https://example.com/app//')).toEqual({ value: 'https://example.com/app' });
  });

  it.each(['ftp://example.com', 'example.com', '/app', ''])(
    'refuses %j, which does not start with http:// or https://',
    (raw) => {
      expect(webAddress(raw)).toEqual({ problem: 'must begin with http:// or https://' });
    },
  );

  it.each(['https://example.com/?a=1', 'https://example.com/#a'])(
    'refuses %j, which has a query or fragment',
    (raw) => {
      expect(webAddress(raw)).toEqual({ problem: 'must end with its path, without ? or #' });
    },
  );
});

describe('list', () => {
  it('splits at commas and trims each part', () => {
    expect(list(integer(0, 9))('1, 2 ,3')).toEqual({ value: [1, 2, 3] });
  });

  it('reports the problem of the first invalid part', () => {
    expect(list(integer(0, 9))('1,x,99')).toEqual({ problem: 'must be a whole number from 0 to 9' });
    expect(list(url('redis:'))('redis://a,')).toEqual({ problem: 'must begin with redis://' });
  });
});
