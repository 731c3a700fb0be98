import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { plantedFiles } from './museum.ts'

// Loaded before core (`node --import`): core's own files stay as they are, only this process reads
// the changed text instead.
const name = process.env.PAYMENT_NODE_BUG ?? ''
const planted = plantedFiles(name)

registerHooks({
  load(url, context, nextLoad) {
    const text = url.startsWith('file:') ? planted.get(fileURLToPath(url)) : undefined
    if (text === undefined) return nextLoad(url, context)
    return { format: 'module-typescript', source: text, shortCircuit: true }
  },
})
