// Every test file runs with this loaded first: pdjs requires `cross-fetch` by itself, where no bundler can put our fetch in its place.
import crossFetch from 'cross-fetch';
import fc from 'fast-check';
import pdFetch from '../src/pagerduty/http/fetch.ts';

Object.assign(crossFetch, { default: pdFetch });

// The same seed for everybody, so that a failure is everybody's; a nightly run names another one. fast-check prints it.
fc.configureGlobal({ seed: Number(process.env.PDACTIONS_SEED ?? 20_261_123) });
