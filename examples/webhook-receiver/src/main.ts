import { receiveWebhooks } from './webhook-receiver.ts'

const { WEBHOOK_SECRETS = '', PORT = '8787' } = process.env
const server = receiveWebhooks(WEBHOOK_SECRETS.split(' '), (event) => {
  if (event.type === 'invoice.settled') {
    const { invoice } = event.data
    console.log(`${invoice.partner} was paid ${invoice.paid} for ${invoice.metadata.orderId}`)
  } else console.log(event.type)
})
server.listen(Number(PORT), '127.0.0.1', () => console.log(`waiting for events on port ${PORT}`))
process.once('SIGINT', () => server.close())
