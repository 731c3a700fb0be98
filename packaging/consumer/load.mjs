// Imports the modules it is given and prints, as one object, what each of them exports.
const exported = {}
for (const name of process.argv.slice(2)) exported[name] = Object.keys(await import(name)).sort()
console.log(JSON.stringify(exported))
