// Preloaded into the program under test: an error that nobody expects, thrown from outside any of its own code.

process.on('SIGUSR2', () => {
  throw new Error('thrown by the test')
})
