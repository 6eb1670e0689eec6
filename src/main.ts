// The entry: runs the command of the process's arguments and ends with its exit code.

import { run } from './cli/run.ts'

process.exitCode = await run(process.argv)
// What a command has printed has left by now; a socket that lingers must not keep the shell waiting.
process.exit()
