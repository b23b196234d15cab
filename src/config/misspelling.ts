/** Whether two words differ by one letter that is added, missing or different, or by two swapped letters. */
export function isMisspelt(given: string, meant: string): boolean {
  if (given === meant || Math.abs(given.length - meant.length) > 1) return false;
  const [rest, other] = differingEnds(given, meant);
  return (
    isSwapped(given, meant) || rest.slice(1) === other.slice(1) || rest.slice(1) === other || rest === other.slice(1)
  );
}

/** Whether two words differ by two swapped letters. */
export function isSwapped(given: string, meant: string): boolean {
  if (given === meant || given.length !== meant.length) return false;
  const [rest, other] = differingEnds(given, meant);
  return rest[0] === other[1] && rest[1] === other[0] && rest.slice(2) === other.slice(2);
}

function differingEnds(a: string, b: string): [string, string] {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return [a.slice(length), b.slice(length)];
}
