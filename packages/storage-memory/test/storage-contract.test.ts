import { storageContract } from '@payment-node/testkit'
import { test } from 'vitest'
import { memory, memoryData } from '../src/index.ts'

storageContract(test, () => {
  const data = memoryData()
  return { storage: memory({ data }), reopen: () => memory({ data }) }
})
