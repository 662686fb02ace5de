// brotli cost of each module of the recorder: size without it (approx) by the metafile's bytes
import { build } from "esbuild"; import { readFile } from "node:fs/promises";
const entry = process.argv[2] ?? "src/recorder/main.ts";
const internal=(await readFile("internal-names.txt","utf8")).split(/\s+/).filter(Boolean);
const r = await build({bundle:true,minify:true,write:false,metafile:true,target:"es2022",charset:"utf8",entryPoints:[entry],format:"esm",mangleProps:new RegExp(`^(${internal.join("|")})$`),define:{PARTS_HASH:'"0"'}});
const o = Object.values(r.metafile.outputs)[0].inputs;
console.log(Object.entries(o).map(([k,v])=>[k.replace("src/",""),v.bytesInOutput]).sort((a,b)=>b[1]-a[1]).map(x=>x.join(" ")).join("\n"));
