export { providerWithoutSocket as boltzProvider } from '@payment-node/testkit/boltz-server'
