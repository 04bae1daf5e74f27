import { parseSeed, type Seed } from './seed.ts';

/** The account that a new user sees: every situation that the commands can show, and no more. */
export function demoSeed(): Seed {
  return parseSeed({
    account: 'acme',
    teams: [{ id: 'PTEAM01', name: 'Payments' }],
    services: [
      { id: 'PCHKOUT', name: 'Checkout API' },
      { id: 'PIJ90N7', name: 'Search API' },
      { id: 'PPAYAPI', name: 'payments-api', teams: ['PTEAM01'] },
      { id: 'PPAYWRK', name: 'payments-worker', teams: ['PTEAM01'] },
      { id: 'PWEBFRO', name: 'web-frontend' },
      { id: 'PWEBADM', name: 'web-admin' },
    ],
    extensions: [
      {
        id: 'PVENDOR',
        service: 'PWEBADM',
        name: 'Page the vendor',
        url: 'https://vendor.example.com/page',
        headers: { 'X-Vendor-Key': 'vendor-key-of-the-demo' },
        madeIn: 'web',
      },
      {
        id: 'PDISABL',
        service: 'PIJ90N7',
        name: 'Add Diagnostics',
        url: 'https://automation.example.com/pagerduty/diagnostics',
        disabled: true,
      },
      {
        id: 'PGENERI',
        service: 'PCHKOUT',
        name: 'Incident feed',
        url: 'https://feed.example.com/pagerduty',
        schema: 'generic_v2_webhook',
      },
    ],
    priorities: [
      { id: 'PPRIOR1', name: 'P1' },
      { id: 'PPRIOR2', name: 'P2' },
      { id: 'PPRIOR3', name: 'P3' },
    ],
    incidents: [
      {
        id: 'PINC001',
        service: 'PCHKOUT',
        title: 'Checkout is slow',
        trigger: {
          source: 'checkout-1',
          component: 'checkout',
          class: 'latency',
          severity: 'critical',
          details: { p99: '4.2 s', region: 'eu-west-1' },
        },
        alerts: [
          {
            id: 'PALERT1',
            key: 'checkout/latency',
            summary: 'Checkout is slow',
            source: 'checkout-1',
            component: 'checkout',
            class: 'latency',
            severity: 'critical',
            details: { p99: '4.2 s', region: 'eu-west-1' },
          },
        ],
      },
    ],
  });
}
