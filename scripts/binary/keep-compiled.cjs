// Runs the program of the single executable once and keeps what was compiled meanwhile: `keep-compiled.cjs PROGRAM OUT ARGS…`.

const { readFileSync, writeFileSync } = require('node:fs')
const { dirname } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

const [, , file, out, ...args] = process.argv
process.env.NODE_ENV = 'production'
process.argv = [process.execPath, process.execPath, ...args]
const program = new Script(readFileSync(file).latin1Slice(), { filename: 'pgdeck.js' })
process.on('exit', () => writeFileSync(out, program.createCachedData()))
program.runInThisContext()({ url: pathToFileURL(file).href, filename: file, dirname: dirname(file) })
