// What a plain program would do without n8n: `fetch` and `JSON.parse`, with the range split into equal parts
// that are read at the same time. Connections are `kept`, or each request opens one (`closing`). Prints the ms of each
// run, and the memory. Run with the Node.js that runs n8n.
const [baseUrl, clientId, clientSecret, from, to, concurrency, runs, connections] =
	process.argv.slice(2);

async function accessToken() {
	const response = await fetch(`${baseUrl}/auth/open/connect/token`, {
		method: 'POST',
		body: new URLSearchParams({
			grant_type: 'client_credentials',
			scope: 'signicat-api',
			client_id: clientId,
			client_secret: clientSecret,
		}),
	});
	return (await response.json()).access_token;
}

async function readPart(token, part) {
	const body = JSON.stringify({ and: null, from: part.from, to: part.to });
	const headers = {
		authorization: `Bearer ${token}`,
		'content-type': 'application/json',
		...(connections === 'closing' && { connection: 'close' }),
	};
	const events = [];
	for (let url = `${baseUrl}/audit/query?limit=1000`; url; ) {
		const response = await fetch(url, { method: 'POST', headers, body });
		const { data, next } = JSON.parse(await response.text());
		for (const event of data) events.push(event);
		url = next;
	}
	return events;
}

function split() {
	const start = Date.parse(from);
	const length = Date.parse(to) - start;
	const at = (part) => new Date(start + Math.round((length * part) / concurrency)).toISOString();
	return Array.from({ length: Number(concurrency) }, (_, part) => ({
		from: at(part),
		to: at(part + 1),
	})).reverse();
}

const token = await accessToken();
for (let run = 0; run < Number(runs); run++) {
	const startedAt = performance.now();
	const parts = await Promise.all(split().map(async (part) => await readPart(token, part)));
	const ms = performance.now() - startedAt;
	// Node.js gives it in KiB.
	const peakBytes = process.resourceUsage().maxRSS * 1024;
	console.log(JSON.stringify({ events: parts.flat().length, ms, peakBytes }));
}
