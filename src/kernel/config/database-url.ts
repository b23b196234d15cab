/** How connections to the database are protected: encrypted to the server of that name, encrypted to whoever answers, not. */
export type DatabaseTls = 'verify-full' | 'require' | 'off';

const SSLMODE: Readonly<Record<DatabaseTls, string>> = {
  'verify-full': 'verify-full',
  require: 'no-verify', // pg's word for it: its `require` is another `verify-full`
  off: 'disable',
};

/** The same address with this protection, whatever it said before. A socket of this machine needs none. */
export function withTls(address: string, tls: DatabaseTls): string {
  if (hostOf(address).startsWith('/')) return address;
  const url = new URL(address);
  for (const name of ['ssl', 'sslmode', 'uselibpqcompat']) url.searchParams.delete(name);
  if (tls === 'off') url.searchParams.delete('sslnegotiation');
  url.searchParams.set('sslmode', SSLMODE[tls]);
  return url.href;
}

/** Whether it is this machine. */
export function isLocal(address: string): boolean {
  return /^(?:$|\/|localhost$|127(?:\.\d{1,3}){3}$|::1$)/.test(hostOf(address));
}

/** Whether it asks for less than a checked certificate. */
export function weakensTls(address: string): boolean {
  const { searchParams } = new URL(address);
  const [mode = '', ssl = ''] = ['sslmode', 'ssl'].map((name) => searchParams.getAll(name).at(-1));
  return /^(?:disable|allow|prefer|no-verify)$/.test(mode) || /^(?:0|false|no-verify)$/.test(ssl);
}

const KNOWN: ReadonlySet<string> = new Set(
  'postgres postgresql password passw0rd password1 secret admin root test aerie changethis changeme change-me example 123456'.split(
    ' ',
  ),
);

/** The password in an address, as it is sent; empty where there is none. */
export function passwordOf(address: string): string {
  const { password, searchParams } = new URL(address);
  return searchParams.getAll('password').at(-1) ?? decoded(password);
}

/** Whether its password is one that stands in manuals, or the name of its user. */
export function hasKnownPassword(address: string): boolean {
  const url = new URL(address);
  const [user, password] = (['user', 'password'] as const).map((name) => {
    const inQuery = url.searchParams.getAll(name).at(-1);
    return (inQuery ?? decoded(name === 'user' ? url.username : url.password)).toLowerCase();
  });
  return password !== '' && (KNOWN.has(password!) || password === user);
}

/** As pg takes it: a parameter `host` goes before the host itself. */
function hostOf(address: string): string {
  const { hostname, searchParams } = new URL(address);
  return searchParams.getAll('host').at(-1) || decoded(hostname.replace(/^\[(.+)\]$/, '$1')).toLowerCase();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
