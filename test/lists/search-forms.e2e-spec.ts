import type { Response } from 'supertest';
import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { pagesOf } from '../support/links.js';
import { type Actor, anon, aUser } from '../support/world.js';

const ITEMS = [
  'Crème brûlée',
  'Creme fraiche',
  'Smo\u0308rga\u030as (NFD)',
  'Smörgås (NFC)',
  'Straße 7',
  'Łódź ŻÓŁĆ',
  'Œuvre, Ærø',
  'ＦＵＬＬ　ｗｉｄｔｈ',
  'oﬃce ﬁle',
  'Café 100%',
  'Desk lamp',
  'Lamp, for a desk',
  'İstanbul ışık',
  'Ångström',
  'naïve_coöperation',
  'Ｌａｍｐ 50％',
  'Σίσυφος',
  'Zero\u200bWidth, co\u00adoperate',
  'Don’t panic',
  'Þórr',
];

let admin: Actor;

beforeAll(async () => {
  admin = await aUser({ role: 'admin', name: 'Zoë Müller', email: 'zoe.boss@example.org' });
  await aUser({ name: 'Jose\u0301 Ibáñez', email: 'jose@example.com' });
  for (const name of ITEMS) await anItem({ name });
  await query(
    `insert into posts (user_id, title, body) values
    ($1, 'Ein schöner Tag', 'Heute war es sonnig.'), ($1, 'Rain', 'It was a grey day; naïve hopes.'), ($1, 'Ночь', 'Ёлка')`,
    [admin.id],
  );
});

const found = async (path: string, text: string, field = 'name') => {
  const answer: Response = await admin.get(`${path}?search=${encodeURIComponent(text)}&limit=100`);
  expect(answer.status).toBe(200);
  const rows = ((answer.body as { items?: object[] }).items ?? answer.body) as Record<string, string>[];
  return rows.map((row) => row[field]);
};

const only = (...starts: string[]) => ITEMS.filter((name) => starts.some((start) => name.startsWith(start)));

describe('a search for items', () => {
  it.each<[string, string[]]>([
    ['creme', only('Cr')],
    ['CRÈME', only('Cr')],
    ['cre\u0300me', only('Cr')],
    ['brulee', only('Crème')],
    ['bru\u0302le\u0301e', only('Crème')],
    ['smörgås', only('Smo', 'Smö')],
    ['smo\u0308rga\u030as', only('Smo', 'Smö')],
    ['smorgas', only('Smo', 'Smö')],
    ['ΣΊΣΥΦΟΣ', only('Σ')],
    ['σισυφοσ', only('Σ')],
    ['zerowidth', only('Zero')],
    ['co\u200boperate', only('Zero')],
    ["don't", only('Don')],
    ['don‘t', only('Don')],
    ['thorr', only('Þ')],
    ['strasse', only('Straße')],
    ['straße', only('Straße')],
    ['STRASSE 7', only('Straße')],
    ['lodz', only('Łódź')],
    ['zolc', only('Łódź')],
    ['oeuvre', only('Œuvre')],
    ['aero', only('Œuvre')],
    ['full width', only('ＦＵＬＬ')],
    ['ｆｕｌｌ', only('ＦＵＬＬ')],
    ['office', only('oﬃce')],
    ['file office', only('oﬃce')],
    ['cafe', only('Café')],
    ['istanbul', only('İstanbul')],
    ['isik', only('İstanbul')],
    ['angstrom', only('Ångström')],
    ['naive_cooperation', only('naïve')],
    ['éèé', []],
  ])('ignores case, accents and variants of letters: %j', async (text, expected) => {
    expect(await found('/items', text)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['desk lamp', only('Desk', 'Lamp')],
    ['lamp desk', only('Desk', 'Lamp')],
    ['LAMP  DESK', only('Desk', 'Lamp')],
    ['lamp\u00a0desk', only('Desk', 'Lamp')],
    ['des amp', only('Desk', 'Lamp')],
    ['desk for', only('Lamp,')],
    ['for a desk lamp,', only('Lamp,')],
    ['a a a lamp desk for', only('Lamp,')],
    ['lamp desk creme', []],
    ['lamp desk sofa chair table', []],
    ['fraiche creme', only('Creme')],
    ['7 strasse', only('Straße')],
    [
      'l d',
      ITEMS.filter((name) => /l/i.test(name.normalize('NFKD').replace('Ł', 'l')) && /d/i.test(name.normalize('NFKD'))),
    ],
  ])('matches words in any order: %j', async (text, expected) => {
    expect(await found('/items', text)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['100%', only('Café')],
    ['%', only('Café', 'Ｌａｍｐ')],
    ['％', only('Café', 'Ｌａｍｐ')],
    ['0%', only('Café', 'Ｌａｍｐ')],
    ['_', only('naïve')],
    ['e_c', only('naïve')],
    ['\\', []],
    [`'`, only('Don')],
    ['\u0301', ITEMS],
    [' ', ITEMS.filter((name) => /\s/.test(name))], // like the reference implementation
    ['', ITEMS],
  ])('treats %j as literal text', async (text, expected) => {
    expect(await found('/items', text)).toEqual(expected);
  });

  it('can be paged, with the same total on each page', async () => {
    const path = `/items?search=${encodeURIComponent('smörgås')}&limit=1&sort=-name&count=true`;
    const pages = await pagesOf(anon, path);
    expect(pages.map(({ headers }) => headers['x-total-count'] as unknown)).toEqual(['2', '2']);
  });
});

describe('a search for accounts', () => {
  it.each<[string, string[]]>([
    ['zoe', ['Zoë Müller']],
    ['muller zoe', ['Zoë Müller']],
    ['MÜLLER', ['Zoë Müller']],
    ['josé', ['Jose\u0301 Ibáñez']],
    ['ibanez jose', ['Jose\u0301 Ibáñez']],
    ['boss muller', ['Zoë Müller']],
    ['example.com ibanez', ['Jose\u0301 Ibáñez']],
    ['example.org ibanez', []],
  ])('looks for %j in names and addresses', async (text, expected) => {
    expect(await found('/users', text)).toEqual(expected);
  });
});

describe('a search for posts', () => {
  it.each<[string, string[]]>([
    ['schoner', ['Ein schöner Tag']],
    ['tag schöner', ['Ein schöner Tag']],
    ['sonnig', ['Ein schöner Tag']],
    ['tag sonnig', ['Ein schöner Tag']],
    ['naive', ['Rain']],
    ['rain grey', ['Rain']],
    ['ночь', ['Ночь']],
    ['НОЧЬ', ['Ночь']],
    ['елка', ['Ночь']],
    ['day tag', []],
    ['ai', ['Rain']],
    ['ey', []],
    ['rey', ['Rain']],
    ['rain was it a day', ['Rain']],
  ])('looks for %j in titles and bodies', async (text, expected) => {
    expect(await found('/api/v1/posts', text, 'title')).toEqual(expected);
    expect(await found(`/users/${admin.id}/posts`, text, 'title')).toEqual(expected);
  });
});
