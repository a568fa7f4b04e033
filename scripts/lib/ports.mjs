// Ports that are free right now.

import { once } from 'node:events';
import { createServer } from 'node:net';

/** As many different free ports as asked for. They are held until all are known, so no two are the same. */
export async function freePorts(count) {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = createServer().listen(0, '127.0.0.1');
			await once(server, 'listening');
			return server;
		}),
	);
	const ports = servers.map((server) => server.address().port);
	await Promise.all(servers.map((server) => once(server.close(), 'close')));
	return ports;
}
