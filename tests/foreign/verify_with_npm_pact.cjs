// Verifies one contract at a testbed: node verify_with_npm_pact.cjs FILE ROW, the announcement of "cxmock up" as input.
const fs = require('node:fs');
const { Verifier } = require('@pact-foundation/pact');

const [file, row] = process.argv.slice(2);
const up = JSON.parse(fs.readFileSync(0, 'utf-8'));
const places = Object.entries(up.transports[row]);
const { host } = places[0][1];
const http = up.transports[row].http;

const verifier = new Verifier({
  provider: JSON.parse(fs.readFileSync(file, 'utf-8')).provider.name,
  pactUrls: [file],
  providerStatesSetupUrl: `${up.states}/${row}`,
  providerBaseUrl: http ? `http://${host}:${http.port}${http.path}` : up.states,
  proxyHost: host, // the verifier's own proxy: it looks for all transports on its address
  transports: places
    .filter(([protocol]) => protocol !== 'http')
    .map(([protocol, place]) => ({ protocol, port: place.port, path: place.path, scheme: place.scheme })),
  requestFilter: (request, response, next) => {
    if (request.is('application/x-www-form-urlencoded')) { // the proxy would send forms as JSON
      request.body = Buffer.from(new URLSearchParams(request.body).toString());
      request.headers['content-length'] = String(request.body.length);
    }
    next();
  },
  logLevel: 'error',
});

const tell = (results) => fs.writeFileSync(3, results);
verifier.verifyProvider().then(tell, (error) => tell(error.message));
