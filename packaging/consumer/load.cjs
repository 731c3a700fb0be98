// As load.mjs, with require().
const exported = {}
for (const name of process.argv.slice(2)) exported[name] = Object.keys(require(name)).sort()
console.log(JSON.stringify(exported))
