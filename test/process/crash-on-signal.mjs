// Loaded into a program under test with --import: gives it a bug that a signal calls up.
process.on('SIGUSR2', () => {
  throw new Error('a bug for the test');
});
