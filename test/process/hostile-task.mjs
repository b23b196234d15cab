// A thread task for tests: it returns a result, never ends, or uses all the memory that it gets.
export default function run({ deed, payload }) {
  if (deed === 'loop') for (;;);
  if (deed === 'eat') {
    const eaten = [];
    for (;;) eaten.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
  }
  return payload;
}
