import { startCluster } from './cluster.ts'
import { open, close } from './measure.ts'
import { pgdeck } from './subjects.ts'
const cluster = await startCluster()
try { const s = pgdeck(cluster,'/tmp/trial/state',3); const p = open({...s, args:['--cpu-prof','--cpu-prof-dir=/tmp/trial/prof2','--cpu-prof-interval=300','/tmp/v5/bin/pgdeck.js',...s.args.slice(1)]}); await p.until(s.ready,'x',20000); await new Promise(r=>setTimeout(r,3000)); let n=0, w=0; const off=p.onOutput((d)=>{n++; if (d.includes('2026h')) w++}); await new Promise(r=>setTimeout(r,20000)); off(); console.log('chunks',n,'frames',w, 'in 20 s'); await close(s,p) } finally { await cluster.stop() }
