// What the single executable runs first: it starts the program that it carries, with the compiled code that belongs to the
// command. Only Node's own modules can be had here.

const { dirname } = require('node:path')
const { getRawAsset } = require('node:sea')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

/** Commands that poll and print. What was compiled for each kind is apart: all of it would take longer to read. */
const POLLING = ['status', 'check', 'metrics', 'topology', 'diagnose']
const TELLING = ['--help', '-h', '--version', '-V']

function partOf(args) {
  if (args.some((arg) => POLLING.includes(arg))) return 'status'
  if (args.some((arg) => TELLING.includes(arg))) return 'other'
  const [first = 'watch'] = args
  return ['watch', 'demo'].includes(first) || !/^[a-z]+$/.test(first) ? 'watch' : 'other'
}

/** The program ends by itself when it is done; whatever it waited for now can't come any more. */
function tellOfEarlyEnd() {
  process.stderr.write('pgdeck: ended early: nothing is left that it could wait for\n')
  process.exitCode = 13
}

// React's development build is several times slower.
process.env.NODE_ENV = 'production'
const text = (name) => Buffer.from(getRawAsset(name)).latin1Slice()
const cachedData = Buffer.from(getRawAsset(`compiled-${partOf(process.argv.slice(2))}`))
const program = new Script(text('program'), { filename: 'pgdeck.js', cachedData })
const { execPath } = process
process.on('beforeExit', tellOfEarlyEnd)
program.runInThisContext()({ url: pathToFileURL(execPath).href, filename: execPath, dirname: dirname(execPath) })
