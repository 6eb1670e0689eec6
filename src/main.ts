// The entry: runs the command of the process's arguments and ends with its exit code.

import { runCommandLine } from './cli/run.ts'
import { endProcess } from './io/process/end-process.ts'

process.exitCode = await runCommandLine(process.argv)
// What a command has printed has left by now; a socket that lingers must not keep the shell waiting.
endProcess()
