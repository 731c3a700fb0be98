import { storageContract } from '@payment-node/testkit'
import { describe, test } from 'vitest'
import { memory, memoryData } from '../src/index.ts'

describe('held by one process at a time', () => {
  storageContract(test, () => {
    const data = memoryData()
    return { storage: memory({ data }), reopen: () => memory({ data }) }
  })
})

describe('shared, as a database server is', () => {
  storageContract(test, () => {
    const data = memoryData()
    const open = () => memory({ data, exclusive: false })
    return { storage: open(), reopen: open }
  })
})
