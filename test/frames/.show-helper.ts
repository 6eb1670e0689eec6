import { UNICODE, ASCII, SPOKEN } from '/work/main/src/ui/format/glyphs.ts'
import { frame } from '/work/main/src/ui/screen.ts'
import { painter } from '/work/main/src/ui/theme.ts'
const [, , file, names, size = '80x24', g='u'] = process.argv
const mod: any = await import(file as string)
const scenes: any = Object.values(mod).find((v:any)=>v && typeof v==='object')
const [columns, rows] = size.split('x').map(Number)
for (const name of (names==='all'?Object.keys(scenes):names!.split(','))) {
  console.log(`#### ${name} ${size}`)
  const lines = frame(scenes[name](), { columns, rows, glyphs: g==='a'?ASCII:g==='s'?SPOKEN:UNICODE } as any, [])
  console.log(lines.map((l)=>l.map((s)=>s.text).join('').trimEnd()).join('\n'))
}
