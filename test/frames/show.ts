// Draws one scene of the golden frames with colours and stays, for looking at it and for pictures:
//   node --import tsx test/frames/show.ts lagging

import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { linePainter } from '../../src/ui/frame/format/theme.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { demoFaults } from '../builders/screens.ts'
import { SCENES } from './scenes.ts'

const [, , name = 'healthy'] = process.argv
const scene = SCENES[name]
if (!scene) throw new Error(`no scene ${name}; there are ${Object.keys(SCENES).join(', ')}`)
const { columns = 120, rows = 40 } = process.stdout
const lines = frame(scene(), { columns, rows, glyphs: UNICODE_GLYPHS }, demoFaults())
process.stdout.write(`\x1b[?25l\x1b[2J\x1b[H${lines.map(linePainter(1)).join('\r\n')}`)
