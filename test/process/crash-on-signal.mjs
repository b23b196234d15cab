// Loaded into a program under test with --import: makes it throw on SIGUSR2.
process.on('SIGUSR2', () => {
  throw new Error('a bug for the test');
});
